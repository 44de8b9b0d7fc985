using System.Diagnostics;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>Where the time of a training step goes: milliseconds a step for each operation, forward and backward, and for the optimizer.</summary>
static class ProfileTask
{
    const int Warm = 50, Steps = 50;

    public static void Run(Report report) => TrainTask.Run(report, Profile);

    static void Profile(Report report, TrainingRow row)
    {
        for (int i = 0; i < Warm; i++) row.Step();
        double optimizing = 0, all = 0;
        using var profile = OperationProfile.Start();
        for (int i = 0; i < Steps; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            row.Optimizer.ZeroGrad();
            profile.Mark();
            row.Loss().Backward();
            long middle = Stopwatch.GetTimestamp();
            row.Optimizer.Step();
            optimizing += Stopwatch.GetElapsedTime(middle).TotalSeconds;
            all += Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
        foreach (var (operation, isBackward, calls, seconds) in profile.Costs)
            report.Emit(row.Task, row.Config, $"{operation}{(isBackward ? "'" : "")} x{calls / Steps}", 1e3 * seconds / Steps, "ms", 0);
        report.Emit(row.Task, row.Config, "optimizer", 1e3 * optimizing / Steps, "ms", 0);
        report.Emit(row.Task, row.Config, "step", 1e3 * all / Steps, "ms", 0);
    }
}

/// <summary>A model in training.</summary>
/// <param name="Task">The benchmark's name.</param>
/// <param name="Config">Its sizes.</param>
/// <param name="Units">Items of a step.</param>
/// <param name="Unit">Items a second.</param>
/// <param name="Optimizer">Updates the parameters.</param>
/// <param name="Loss">The forward pass.</param>
sealed record TrainingRow(string Task, string Config, int Units, string Unit, Optimizer Optimizer, Func<Tensor> Loss)
{
    public void Step()
    {
        Optimizer.ZeroGrad();
        Loss().Backward();
        Optimizer.Step();
    }
}
