/** Writes to standard output and waits until it is out. False: nobody reads any more. */
export function say(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(text, (error) => resolve(!error));
  });
}
