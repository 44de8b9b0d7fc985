using Descent.Tensors;

namespace Descent.NN;

/// <summary>Groups of one kind, the state of each parameter, and the saving and loading of both: what optimizers derive from.</summary>
/// <remarks>An optimizer of one's own says what a group remembers and which options it has, and how one parameter is changed.</remarks>
/// <typeparam name="TGroup">The options of the optimizer.</typeparam>
public abstract class GroupedOptimizer<TGroup> : Optimizer where TGroup : ParameterGroup
{
    readonly List<TGroup> _groups = [];
    readonly List<ParameterState[]> _states = [];
    long _elements;

    /// <param name="groups">At least one.</param>
    /// <exception cref="ArgumentException">There is none, or a parameter stands in two of them.</exception>
    protected GroupedOptimizer(IEnumerable<TGroup> groups)
    {
        foreach (var group in groups) AddGroup(group);
        if (_groups.Count == 0) throw new ArgumentException($"{GetType().Name}: there is no group of parameters.", nameof(groups));
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TGroup> Groups => _groups;

    /// <summary>Takes on more parameters, with options of their own.</summary>
    /// <exception cref="ArgumentException">One of them is in another group already.</exception>
    public void AddGroup(TGroup group)
    {
        var known = _groups.SelectMany(g => g.Parameters).ToHashSet(ReferenceEqualityComparer.Instance);
        if (group.Parameters.FirstOrDefault(known.Contains) is { } twice)
            throw new ArgumentException($"{GetType().Name}: a parameter of shape {twice.Shape} is in another group already.", nameof(group));
        Accept(group);
        _groups.Add(group);
        _elements += group.Parameters.Sum(p => (long)p.Elements);
        _states.Add([.. group.Parameters.Select(p => new ParameterState(p, group.MomentNames.Count, group.NumberNames.Count))]);
    }

    /// <summary>Refuses, by an <see cref="ArgumentException"/>, a group with options that do not go together.</summary>
    protected virtual void Accept(TGroup group) { }

    /// <summary>What is remembered about a parameter.</summary>
    /// <exception cref="ArgumentException">It is not one of this optimizer's.</exception>
    protected ParameterState StateOf(Tensor parameter) =>
        All.Select(a => a.State).FirstOrDefault(s => ReferenceEquals(s.Parameter, parameter))
        ?? throw new ArgumentException($"{GetType().Name}: a tensor of shape {parameter.Shape} is not one of its parameters.", nameof(parameter));

    /// <inheritdoc/>
    public sealed override void Step()
    {
        using var mode = Autograd.NoGrad();
        using var batch = UpdateBatch.Gather(_elements);
        for (int g = 0; g < _groups.Count; g++)
            foreach (var state in _states[g])
                if (state.Parameter.Grad is { } gradient)
                    Update(_groups[g], state, _groups[g].Penalised(state.Parameter, gradient));
    }

    /// <summary>Changes one parameter; called outside the tape.</summary>
    /// <param name="group">Its options.</param>
    /// <param name="state">The parameter, and what is remembered about it.</param>
    /// <param name="gradient">Its gradient, with that of the penalties.</param>
    protected abstract void Update(TGroup group, ParameterState state, Tensor gradient);

    /// <summary>Every parameter's state with its group, counted over all groups.</summary>
    IEnumerable<(int Index, TGroup Group, ParameterState State)> All =>
        _groups.Zip(_states, (group, states) => states.Select(state => (group, state))).SelectMany(s => s).Select((s, i) => (i, s.group, s.state));

    /// <inheritdoc/>
    public sealed override OptimizerState StateDict()
    {
        var result = new OptimizerState();
        foreach (var (index, group, state) in All)
        {
            result.Numbers.Add($"state.{index}.step", state.Steps);
            foreach (var (n, name) in group.NumberNames.Index()) result.Numbers.Add($"state.{index}.{name}", state.Numbers[n]);
            foreach (var (m, name) in group.MomentNames.Index())
                if (state.Moments[m] is { } moment) result.Tensors.Add($"state.{index}.{name}", moment.Clone());
        }
        for (int g = 0; g < _groups.Count; g++)
            foreach (var (name, get, _) in _groups[g].Options)
                result.Numbers.Add($"param_groups.{g}.{name}", get());
        return result;
    }

    /// <inheritdoc/>
    public sealed override void LoadStateDict(OptimizerState state)
    {
        Verify(state);
        foreach (var (index, group, own) in All)
        {
            own.Steps = (long)state.Numbers[$"state.{index}.step"];
            foreach (var (n, name) in group.NumberNames.Index()) own.Numbers[n] = state.Numbers[$"state.{index}.{name}"];
            foreach (var (m, name) in group.MomentNames.Index())
                own.Moments[m] = state.Tensors.TryGetValue($"state.{index}.{name}", out var moment)
                    ? moment.Detach().To(own.WorkType).Clone() : null;
        }
        for (int g = 0; g < _groups.Count; g++)
            foreach (var (name, _, set) in _groups[g].Options)
                set(state.Numbers[$"param_groups.{g}.{name}"]);
    }

    void Verify(OptimizerState state)
    {
        var numbers = StateDict().Numbers.Keys.ToHashSet();
        var shapes = new Dictionary<string, Shape>();
        foreach (var (index, group, own) in All)
            foreach (var (m, name) in group.MomentNames.Index())
                shapes.Add($"state.{index}.{name}", group.MomentShape(m, own.Parameter.Shape));
        var difference = new StateDictDifference
        {
            Missing = [.. numbers.Where(n => !state.Numbers.ContainsKey(n))],
            Unexpected = [.. state.Numbers.Keys.Where(n => !numbers.Contains(n)), .. state.Tensors.Keys.Where(n => !shapes.ContainsKey(n))],
            Mismatched = [.. from entry in state.Tensors
                             where shapes.TryGetValue(entry.Key, out var shape) && shape != entry.Value.Shape
                             select (entry.Key, entry.Value.Shape, shapes[entry.Key])],
        };
        if (!difference.IsEmpty)
            throw new StateDictException($"The state does not fit this {GetType().Name} and its parameters; nothing was loaded.", difference);
    }
}
