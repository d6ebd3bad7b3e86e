// The floor: what any program on the same Node takes that does nothing. With an argument it stays.
if (process.argv.length > 2) {
  setInterval(() => {}, 2 ** 30);
}
