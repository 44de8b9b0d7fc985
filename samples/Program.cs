using Descent.Samples;

// A sample is a file and a row here.
(string Name, string What, Func<TextWriter, double> Run)[] samples =
[
    ("moons", "two half moons told apart by a small network", output => MoonsClassifier.Run(output)),
    ("digits", "a data set of one's own, augmented, and the trainer", output => AugmentedDigits.Run(output, args.ElementAtOrDefault(1))),
    ("loop", "a training loop of one's own that is broken off and goes on", output => ResumableLoop.Run(output)),
    ("words", "ragged sequences in buckets, padded and masked", output => WordTypes.Run(output)),
    ("table", "numbers of a CSV file, standardised and fitted", output => TableRegression.Run(output)),
];

if (args.Length == 0 || Array.Find(samples, s => s.Name == args[0]) is not { Run: not null } sample)
{
    Console.Error.WriteLine("usage: Descent.Samples <sample>");
    foreach (var (name, what, _) in samples) Console.Error.WriteLine($"  {name,-8} {what}");
    return 2;
}
sample.Run(Console.Out);
return 0;
