// Layers, networks and samples draw from the process's generator: tests side by side would take each other's numbers, and learn
// something else in every run.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
