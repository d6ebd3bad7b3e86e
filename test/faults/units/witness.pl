#!/usr/bin/perl
# Counts the live processes of each name that begins with the first argument, twenty times a second; writes NAME COUNT to the
# second argument when there are more than there have been before, from two on.
use strict;
my ($prefix, $file) = @ARGV;
my %most;
open(my $out, '>>', $file) or die "$file: $!";
$out->autoflush(1);
while (1) {
  my %count;
  for my $stat (glob '/proc/[0-9]*/stat') {
    open(my $in, '<', $stat) or next;
    my $line = <$in> // next;
    $count{$1}++ if $line =~ /^\d+ \((\Q$prefix\E[^)]*)\) [^ZX]/;
  }
  for my $name (keys %count) {
    next if $count{$name} < 2 || $count{$name} <= ($most{$name} // 0);
    $most{$name} = $count{$name};
    print $out "$name $count{$name}\n";
  }
  select(undef, undef, undef, 0.05);
}
