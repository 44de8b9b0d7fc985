using Descent.Benchmarks;

// A task is a file and a row here.
(string Name, string What, Action<Report> Run)[] tasks =
[
    ("peak", "fused multiply-adds per second in registers, and bytes per second of a triad", PeakTask.Run),
    ("gemm", "float32 matrix products", GemmTask.Run),
    ("narrow", "products and conversions of bfloat16, float16 and int8", NarrowTask.Run),
    ("train", "training and forward passes of an MLP and a CNN", TrainTask.Run),
    ("first", "the first seconds of a process beside its full speed", FirstTask.Run),
    ("profile", "the operations of a training step, each with its time", ProfileTask.Run),
    ("tiny", "a network of 97 parameters, and single operations", TinyTask.Run),
    ("rows", "activations, normalisations, losses, lookups and optimizer steps", RowsTask.Run),
    ("overhead", "the tape, the collector and the worker pool with nothing to compute", OverheadTask.Run),
    ("memory", "resident size of a long training loop", MemoryTask.Run),
    ("augment", "augmentations of pictures, and a loader that applies them", AugmentTask.Run),
    ("attention", "causal attention, forward and backward, up to 16,384 positions", AttentionTask.Run),
    ("chains", "chains of elementwise operations", ChainsTask.Run),
    ("ends", "products and convolutions with activations, residuals and normalisation", EndsTask.Run),
    ("ann", "nearest neighbours: recall against queries per second on the sets of the peers", AnnTask.Run),
    ("ann-codes", "the same for each code that indexes can search by", AnnTask.RunCodes),
    ("ann-scaling", "nearest neighbours: how queries and building grow with the number of vectors", AnnScalingTask.Run),
    ("ann-classify", "handwritten digits told by their nearest neighbours in each kind of index", AnnClassifyTask.Run),
    ("collection", "collections of vectors: writes, searches with filters, opening", CollectionTask.Run),
    ("collection-filter", "collections: what filters cost, and searches with them, beside exact ones", CollectionFilterTask.Run),
    ("collection-pause", "collections: the longest searches and writes while 200,000 records are written and compacted", CollectionPauseTask.Run),
    ("ann-changes", "nearest neighbours: vectors added to and removed from what is built, and recall after it", AnnChangesTask.Run),
    ("ann-filter", "nearest neighbours among what a filter lets through", AnnFilterTask.Run),
    ("ann-serve", "nearest neighbours: streams, and opening of files", AnnServeTask.Run),
    ("storm", "indexes of all kinds, changed and searched at once under an oracle", StormTask.Run),
    ("fuzz-index", "10,000 damaged index files opened and used", StormTask.Fuzz),
    ("conv", "float32 convolutions and their gradients", ConvTask.Run),
    ("classic", "fits and predictions of trees, forests, linear models, neighbours and k-means", ClassicTask.Run),
    ("shap", "exact Shapley values of boosted trees, of pairs, and against background rows", ShapTask.Run),
    ("gbdt", "gradient boosting by histograms of a million rows, and prediction", GbdtTask.Run),
    ("gbdt-growth", "gradient boosting of 100,000 to 4,000,000 rows", GbdtTask.RunGrowth),
];

if (args.Length == 0 || Array.Find(tasks, t => t.Name == args[0]) is not { Run: not null } task)
{
    Console.Error.WriteLine("usage: Descent.Benchmarks <task> [--threads 1,2] [--only text,text] [--seconds 60] [--autocast] [--large] [--json]");
    foreach (var (name, what, _) in tasks)
        Console.Error.WriteLine($"  {name,-12} {what}");
    return 2;
}

try
{
    Report.Parse(args.AsSpan(1), task.Name).ForEachThreadCount(task.Run);
    return 0;
}
catch (ArgumentException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
