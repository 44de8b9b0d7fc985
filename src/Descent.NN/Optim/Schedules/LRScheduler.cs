namespace Descent.NN;

/// <summary>Sets the learning rates of an optimizer's groups, once when it is made and again at every <see cref="Step"/>.</summary>
/// <remarks>
/// As in PyTorch, most schedules change the rate that they find, so that several can act on one optimizer; all go by the
/// same <see cref="ParameterGroup.InitialLearningRate"/>. One that is derived from this calls <see cref="Start"/> at the end
/// of its constructor. A state holds what the schedule knows; the rates in force belong to the optimizer's state, so that
/// going on bit for bit takes both.
/// </remarks>
public abstract class LRScheduler
{
    /// <summary>As far below 0 as the products and quotients of a schedule that ends at 0 may leave a rate.</summary>
    const double Rounding = 1e-14;

    readonly double[] _base, _last;

    /// <summary>Takes the groups' initial rates as the base rates, and sets nothing yet.</summary>
    protected LRScheduler(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Optimizer = optimizer;
        foreach (var group in optimizer.Groups) group.InitialLearningRate ??= group.LearningRate;
        _base = [.. optimizer.Groups.Select(g => g.InitialLearningRate!.Value)];
        _last = [.. optimizer.Groups.Select(g => g.LearningRate)];
    }

    /// <summary>The optimizer whose groups are scheduled.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>How often <see cref="Step"/> was called since the schedule began: 0 once it is made.</summary>
    public long LastEpoch { get; private protected set; } = -1;

    /// <summary>The rate of each group that the schedule goes by.</summary>
    public IReadOnlyList<double> BaseLearningRates => _base;

    /// <summary>The rate of each group after the last step of this schedule.</summary>
    public IReadOnlyList<double> LastLearningRates => _last;

    /// <summary>Goes on by one: call it after the optimizer's steps of an epoch, or of a batch where the schedule counts batches.</summary>
    /// <exception cref="InvalidOperationException">The optimizer was given more groups since.</exception>
    public virtual void Step()
    {
        LastEpoch++;
        Apply();
    }

    /// <summary>The rate of a group at <see cref="LastEpoch"/>.</summary>
    /// <param name="group">Its index.</param>
    protected abstract double Rate(int group);

    /// <summary>Sets the first rates.</summary>
    protected void Start()
    {
        LastEpoch = 0;
        Apply();
    }

    /// <summary>The rate that a group has now.</summary>
    protected double Current(int group) => Optimizer.Groups[group].LearningRate;

    /// <summary>What the schedule knows, by name and as numbers; true is 1.</summary>
    protected internal virtual IEnumerable<(string Name, Func<double> Get, Action<double> Set)> Numbers =>
    [
        ("last_epoch", () => LastEpoch, v => LastEpoch = (long)v),
        .. _base.Select((_, g) => Number($"base_lrs.{g}", () => _base[g], v => Optimizer.Groups[g].InitialLearningRate = _base[g] = v)),
        .. _last.Select((_, g) => Number($"last_lr.{g}", () => _last[g], v => _last[g] = v)),
    ];

    /// <summary>Everything that coming rates depend on, beside the rates in force.</summary>
    public OrderedDictionary<string, double> StateDict()
    {
        var state = new OrderedDictionary<string, double>();
        foreach (var (name, get, _) in Numbers) state.Add(name, get());
        return state;
    }

    /// <summary>Goes on from a state.</summary>
    /// <exception cref="StateDictException">It belongs to another kind of schedule or to other groups; nothing was loaded.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var numbers = Numbers.ToArray();
        var known = numbers.Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        var difference = new StateDictDifference
        {
            Missing = [.. numbers.Select(n => n.Name).Where(n => !state.ContainsKey(n))],
            Unexpected = [.. state.Keys.Where(n => !known.Contains(n))],
        };
        if (!difference.IsEmpty)
            throw new StateDictException($"The state does not fit this {GetType().Name}; nothing was loaded.", difference);
        foreach (var (name, _, set) in numbers) set(state[name]);
    }

    /// <summary>Begins anew from the rates in force.</summary>
    private protected virtual void Begin() => Start();

    /// <summary>Begins anew from the base rates: what a sequence does when it comes to this schedule.</summary>
    private protected virtual void Restart()
    {
        ResetRates();
        Begin();
    }

    private protected void ResetRates()
    {
        for (int g = 0; g < _base.Length; g++) Optimizer.Groups[g].LearningRate = _base[g];
    }

    /// <summary>Another schedule's <see cref="Begin()"/>.</summary>
    private protected static void Begin(LRScheduler schedule) => schedule.Begin();

    /// <summary>Another schedule's <see cref="Restart()"/>.</summary>
    private protected static void Restart(LRScheduler schedule) => schedule.Restart();

    /// <summary>For schedules whose base rates are options of their own.</summary>
    private protected void SetBase(int group, double rate) => Optimizer.Groups[group].InitialLearningRate = _base[group] = rate;

    /// <summary>Takes the rates in force for this schedule's last.</summary>
    private protected void Note()
    {
        for (int g = 0; g < _last.Length; g++) _last[g] = Current(g);
    }

    private protected virtual void Apply()
    {
        if (Optimizer.Groups.Count != _base.Length)
            throw new InvalidOperationException($"{GetType().Name}: the optimizer has {Optimizer.Groups.Count} groups, but had {_base.Length} " +
                "when the schedule was made. Add groups first, then make the schedule.");
        for (int g = 0; g < _base.Length; g++)
        {
            double rate = Rate(g);
            Optimizer.Groups[g].LearningRate = rate is > -Rounding and < 0 ? 0 : rate;
        }
        Note();
    }

    /// <summary>One number for every group, or one for each.</summary>
    private protected double[] PerGroup(ReadOnlySpan<double> values, string option)
    {
        if (values.Length != 1 && values.Length != _base.Length)
            throw new ArgumentException($"{GetType().Name}: {option} has {values.Length} numbers; expected 1 or one for each of the {_base.Length} groups.", option);
        return values.Length == _base.Length ? values.ToArray() : [.. Enumerable.Repeat(values[0], _base.Length)];
    }

    private protected static (string, Func<double>, Action<double>) Number(string name, Func<double> get, Action<double> set) => (name, get, set);

    private protected static T Check<T>(T value, bool holds, string option, string expected) =>
        holds ? value : throw new ArgumentOutOfRangeException(option, value, $"{option} is {value}; it must be {expected}.");
}
