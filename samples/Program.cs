using Descent.Samples;

string? argument = args.ElementAtOrDefault(1);
string folder = argument ?? Path.Combine("runs", "samples");

// A sample is a file and a row here.
(string Name, string What, Func<TextWriter, double> Run)[] samples =
[
    ("moons", "two half moons told apart by a small network", output => MoonsClassifier.Run(output)),
    ("digits", "a data set of one's own, augmented, and the trainer [MNIST's folder]", output => AugmentedDigits.Run(output, argument)),
    ("loop", "a training loop of one's own that is broken off and goes on", output => ResumableLoop.Run(output)),
    ("words", "ragged sequences in buckets, padded and masked", output => WordTypes.Run(output)),
    ("table", "numbers of a CSV file, standardised and fitted", output => TableRegression.Run(output)),
    ("churn", "who will leave: a pipeline of boosted trees, judged, saved, and asked why", output => ChurnModel.Run(output)),
    ("search", "the nearest of many vectors, exactly and nearly, and a collection that keeps them", output => SimilarThings.Run(output)),
    ("mlp", "a regression, measured, saved in two forms and loaded [folder]", output => MlpRegression.Run(output, folder)),
    ("lenet", "LeNet-5 on digits, and what it takes for what", output => LeNetDigits.Run(output)),
    ("resnet", "ResNet-20, the trainer with all its aids, ONNX and back [folder]", output => ResNetDigits.Run(output, folder)),
    ("lstm", "text by an LSTM at several temperatures", output => CharLstmText.Run(output)),
    ("gpt", "text by a small GPT [text file]", output => CharGptText.Run(output, argument)),
    ("autoencoder", "digits through sixteen numbers and back [folder]", output => AutoencoderDigits.Run(output, folder)),
    ("vae", "digits drawn from a learned distribution [folder]", output => VaeDigits.Run(output, folder)),
    ("dcgan", "digits by two players with an optimizer each [folder]", output => DcganDigits.Run(output, folder)),
];

if (args.Length == 0 || Array.Find(samples, s => s.Name == args[0]) is not { Run: not null } sample)
{
    if (args.Length > 0) Console.Error.WriteLine($"'{args[0]}' is no sample.");
    Console.Error.WriteLine("usage: dotnet run -c Release --project samples -- <sample> [argument]");
    Console.Error.WriteLine("What stands in brackets may follow; a folder is runs/samples if none is given.");
    foreach (var (name, what, _) in samples) Console.Error.WriteLine($"  {name,-12} {what}");
    return 2;
}
sample.Run(Console.Out);
return 0;
