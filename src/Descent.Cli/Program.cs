using System.CommandLine;
using Descent.Cli;

var root = new RootCommand("Machine learning for .NET, in .NET.")
{
    FitVerb.Create(),
    EvaluateVerb.Create(),
    ExplainVerb.Create(),
    TrainVerb.Create(),
    SampleVerb.Create(),
    ExportVerb.Create(),
    RunsVerb.Create(),
    PredictVerb.Create(),
    IndexVerb.Create(),
    InfoVerb.Create(),
};
VerbCommand.Extend(root, """
    Examples:
      descent fit                                    a model of a made-up table, and how good it is
      descent fit houses.csv --target price          of a table of your own
      descent predict houses.descent new.csv         what it says of other rows
      descent explain houses.descent new.csv --row 3 why it says so
      descent train                                  train on digits drawn on the spot
      descent train --data mnist --model mlp         train on a folder of IDX files
      descent train --resume runs/cnn-1              go on where a run stopped
      descent predict runs/cnn-1 seven.png           class probabilities of a picture
      descent export runs/cnn-1 --out cnn.onnx       the network for other programs
      descent runs runs                              what has been trained, and how the runs differ
      descent sample runs/char-gpt-1 --prompt Once   text from a language model
      descent index build base.fvecs --out b.index   an index of vectors
      descent index search b.index queries.fvecs     the nearest of each query
      descent info                                   what this machine can do

    """);
return Verb.Invoke(root, args);
