using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class SchedulerTests
{
    static SGD Optimizer(double rate = 0.1, double momentum = 0.9) => new([new Parameter(Tensor.Zeros(1))], rate, momentum);

    static void Step(LRScheduler schedule, int step)
    {
        if (schedule is ReduceLROnPlateau plateau) plateau.Step(1.0 / (1 + step % 7));
        else schedule.Step();
    }

    public static TheoryData<string, Func<Optimizer, LRScheduler>> Schedules => new()
    {
        { "lambda", o => new LambdaLR(o, t => Math.Pow(0.95, t)) },
        { "multiplicative", o => new MultiplicativeLR(o, _ => 0.95) },
        { "step", o => new StepLR(o, 3) },
        { "multi-step", o => new MultiStepLR(o, [2, 9, 9, 14], 0.5) },
        { "exponential", o => new ExponentialLR(o, 0.9) },
        { "constant", o => new ConstantLR(o, 0.3, 7) },
        { "linear", o => new LinearLR(o, 0.1, 0.9, 13) },
        { "linear to 0, which rounding misses", o => new LinearLR(o, 0.1, 0, 13) },
        { "polynomial", o => new PolynomialLR(o, 12, 2) },
        { "cosine", o => new CosineAnnealingLR(o, 8, 0.01) },
        { "warm restarts", o => new CosineAnnealingWarmRestarts(o, 4, 2, 0.01) },
        { "one cycle", o => new OneCycleLR(o, 0.5, 30) },
        { "one cycle in three phases", o => new OneCycleLR(o, 0.5, 30, annealing: Annealing.Linear, threePhase: true) },
        { "cyclic", o => new CyclicLR(o, 0.01, 0.1, 4, 3, CyclicMode.Triangular2) },
        { "plateau", o => new ReduceLROnPlateau(o, factor: 0.5, patience: 1, cooldown: 2) },
        { "warm-up, then exponential", o => SequentialLR.WarmUp(new ExponentialLR(o, 0.9), 12) },
        { "chained", o => new ChainedScheduler(new ConstantLR(o, 0.1, 5), new ExponentialLR(o, 0.9)) },
        { "warm-up and cosine", o => new WarmUpCosineLR(o, 5, 20, 0.001) },
        { "to a constant", o => new SWALR(o, 0.05, 9) },
        { "to a constant in a line", o => new SWALR(o, 0.05, 9, Annealing.Linear) },
        { "inverse square root", o => new InverseSquareRootLR(o, 6) },
    };

    [Theory, MemberData(nameof(Schedules))]
    public void Another_schedule_goes_on_bit_for_bit_from_a_state(string name, Func<Optimizer, LRScheduler> make)
    {
        var optimizer = Optimizer();
        var schedule = make(optimizer);
        for (int step = 0; step < 11; step++) Step(schedule, step);
        var (known, rates) = (schedule.StateDict(), optimizer.StateDict());

        var resumed = Optimizer();
        var other = make(resumed);
        resumed.LoadStateDict(rates);
        other.LoadStateDict(known);
        Assert.Equal(11, other.LastEpoch);
        Assert.Equal(schedule.LastLearningRates, other.LastLearningRates);
        for (int step = 11; step < 25; step++)
        {
            Step(schedule, step);
            Step(other, step);
            Assert.True(optimizer.Groups[0].LearningRate == resumed.Groups[0].LearningRate, $"{name}, step {step}");
            Assert.Equal(optimizer.Groups[0].Momentum, resumed.Groups[0].Momentum);
        }
        Assert.Equal(schedule.StateDict(), other.StateDict());
    }

    [Theory, MemberData(nameof(Schedules))]
    public void Rates_move_and_stay_in_proportion_between_groups(string name, Func<Optimizer, LRScheduler> make)
    {
        var optimizer = new SGD([new([new Parameter(Tensor.Zeros(1))]) { LearningRate = 0.1, Momentum = 0.9 },
            new([new Parameter(Tensor.Zeros(1))]) { LearningRate = 0.2, Momentum = 0.9 }]);
        var schedule = make(optimizer);
        var seen = new HashSet<double>();
        for (int step = 0; step < 25; step++)
        {
            Step(schedule, step);
            seen.Add(schedule.LastLearningRates[0]);
            Assert.Equal([optimizer.Groups[0].LearningRate, optimizer.Groups[1].LearningRate], schedule.LastLearningRates);
            Assert.True(schedule.LastLearningRates[1] >= schedule.LastLearningRates[0], name);
        }
        Assert.True(seen.Count > 1, name);
    }

    [Theory, MemberData(nameof(Schedules))]
    public void A_state_of_another_shape_is_refused(string name, Func<Optimizer, LRScheduler> make)
    {
        var schedule = make(Optimizer());
        var state = schedule.StateDict();
        state.Add("more", 1);
        var error = Assert.Throws<StateDictException>(() => schedule.LoadStateDict(state));
        Assert.True(error.Difference.Unexpected is ["more"], name);
        state.Remove("more");
        state.Remove("last_lr.0");
        Assert.Equal(["last_lr.0"], Assert.Throws<StateDictException>(() => schedule.LoadStateDict(state)).Difference.Missing);
    }

    [Fact]
    public void Two_schedules_multiply()
    {
        var optimizer = Optimizer(1);
        var constant = new ConstantLR(optimizer, 0.1, 2);
        var exponential = new ExponentialLR(optimizer, 0.9);
        double[] expected = [0.1, 0.09, 0.81, 0.729];
        foreach (double rate in expected)
        {
            Assert.Equal(rate, optimizer.Groups[0].LearningRate, 1e-12);
            Assert.Equal(1, optimizer.Groups[0].InitialLearningRate);
            constant.Step();
            exponential.Step();
        }
    }

    [Fact]
    public void Momentum_falls_while_the_rate_rises_also_as_a_beta()
    {
        var optimizer = new Adam([new Parameter(Tensor.Zeros(1))]);
        var schedule = new OneCycleLR(optimizer, 0.1, 100);
        Assert.Equal(0.95, optimizer.Groups[0].Betas.First, 1e-12);
        for (int step = 0; step < 29; step++) schedule.Step();
        Assert.Equal((0.1, 0.85), (optimizer.Groups[0].LearningRate, optimizer.Groups[0].Betas.First));
        Assert.Equal(0.999, optimizer.Groups[0].Betas.Second);
        for (int step = 29; step < 100; step++) schedule.Step();
        Assert.Throws<InvalidOperationException>(schedule.Step);
    }

    [Fact]
    public void Warm_restarts_go_to_moments_between_epochs()
    {
        var (whole, parts) = (Optimizer(1), Optimizer(1));
        var (stepped, placed) = (new CosineAnnealingWarmRestarts(whole, 2, 2), new CosineAnnealingWarmRestarts(parts, 2, 2));
        for (int epoch = 1; epoch < 13; epoch++)
        {
            stepped.Step();
            placed.Step((double)epoch);
            Assert.Equal(whole.Groups[0].LearningRate, parts.Groups[0].LearningRate, 1e-12);
        }
        placed.Step(2 + 1.0);
        Assert.Equal((1 + Math.Cos(Math.PI / 4)) / 2, parts.Groups[0].LearningRate, 1e-12);
    }

    [Fact]
    public void The_rate_of_averaging_is_a_mix_of_the_first_and_the_last()
    {
        var optimizer = Optimizer(0.1);
        var schedule = new SWALR(optimizer, 0.5, 4, Annealing.Linear);
        foreach (double rate in (double[])[0.1, 0.2, 0.3, 0.4, 0.5, 0.5])
        {
            Assert.Equal(rate, optimizer.Groups[0].LearningRate, 1e-12);
            schedule.Step();
        }
        Assert.Equal(0.5, new SWALR(Optimizer(0.1), 0.5, 0).LastLearningRates[0]);
    }

    [Fact]
    public void A_plateau_counts_NaN_as_no_improvement()
    {
        var optimizer = Optimizer(1);
        var schedule = new ReduceLROnPlateau(optimizer, factor: 0.5, patience: 0);
        foreach (double metric in (double[])[double.NaN, 3, double.NaN, 2]) schedule.Step(metric);
        Assert.Equal(0.25, optimizer.Groups[0].LearningRate);
        Assert.Throws<InvalidOperationException>(schedule.Step);
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        var o = Optimizer();
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepLR(o, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantLR(o, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearLR(o, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineAnnealingLR(o, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceLROnPlateau(o, factor: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmUpCosineLR(o, 5, 5));
        Assert.Throws<ArgumentException>(() => new OneCycleLR(o, [0.1, 0.2, 0.3], 10));
        Assert.Throws<ArgumentException>(() => new LambdaLR(o, _ => 1, _ => 1));
        Assert.Throws<ArgumentException>(() => new SequentialLR([new StepLR(o, 1), new StepLR(o, 2)], []));
        Assert.Throws<ArgumentException>(() => new ChainedScheduler(new StepLR(o, 1), new StepLR(Optimizer(), 2)));
        Assert.Throws<ArgumentException>(() => new ChainedScheduler());
        var schedule = new StepLR(o, 1);
        o.AddGroup(new([new Parameter(Tensor.Zeros(1))]) { LearningRate = 1 });
        Assert.Throws<InvalidOperationException>(schedule.Step);
    }
}
