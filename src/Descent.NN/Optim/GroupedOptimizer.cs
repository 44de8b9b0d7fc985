using Descent.Tensors;

namespace Descent.NN;

/// <summary>Groups of one kind, the state of each parameter, and the saving and loading of both.</summary>
/// <typeparam name="TGroup">The options of the optimizer.</typeparam>
public abstract class GroupedOptimizer<TGroup> : Optimizer where TGroup : ParameterGroup
{
    readonly List<TGroup> _groups = [];
    readonly List<ParameterState[]> _states = [];

    private protected GroupedOptimizer(IEnumerable<TGroup> groups)
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
        _groups.Add(group);
        _states.Add([.. group.Parameters.Select(p => new ParameterState(p))]);
    }

    /// <inheritdoc/>
    public sealed override void Step()
    {
        for (int g = 0; g < _groups.Count; g++)
            foreach (var state in _states[g])
                if (state.Parameter.Grad is { } gradient)
                    Update(_groups[g], state, gradient);
    }

    private protected abstract void Update(TGroup group, ParameterState state, Tensor gradient);

    /// <summary>What PyTorch calls the moments.</summary>
    private protected abstract ReadOnlySpan<string> MomentNames { get; }

    /// <inheritdoc/>
    public sealed override void ZeroGrad(bool setToNone = true)
    {
        foreach (var states in _states)
            foreach (var state in states)
                if (setToNone) state.Parameter.Grad = null;
                else if (state.Parameter.Grad is { } gradient) Init.Constant_(gradient, 0);
    }

    /// <inheritdoc/>
    public sealed override OptimizerState StateDict()
    {
        var result = new OptimizerState();
        var names = MomentNames;
        int index = 0;
        foreach (var state in _states.SelectMany(s => s))
        {
            result.Numbers.Add($"state.{index}.step", state.Steps);
            for (int m = 0; m < names.Length; m++)
                if (state.Moments[m] is { } moment) result.Tensors.Add($"state.{index}.{names[m]}", moment.Clone());
            index++;
        }
        for (int g = 0; g < _groups.Count; g++)
            foreach (var (name, get, _) in _groups[g].Options)
                result.Numbers.Add($"param_groups.{g}.{name}", get());
        return result;
    }

    /// <inheritdoc/>
    public sealed override void LoadStateDict(OptimizerState state)
    {
        var all = _states.SelectMany(s => s).ToArray();
        Verify(state, all);
        var names = MomentNames;
        for (int i = 0; i < all.Length; i++)
        {
            all[i].Steps = (long)state.Numbers[$"state.{i}.step"];
            for (int m = 0; m < names.Length; m++)
                all[i].Moments[m] = state.Tensors.TryGetValue($"state.{i}.{names[m]}", out var moment)
                    ? moment.Detach().To(all[i].WorkType).Clone() : null;
        }
        for (int g = 0; g < _groups.Count; g++)
            foreach (var (name, _, set) in _groups[g].Options)
                set(state.Numbers[$"param_groups.{g}.{name}"]);
    }

    void Verify(OptimizerState state, ParameterState[] all)
    {
        var numbers = StateDict().Numbers.Keys.ToHashSet();
        var shapes = new Dictionary<string, Shape>();
        for (int i = 0; i < all.Length; i++)
            foreach (string name in MomentNames)
                shapes.Add($"state.{i}.{name}", all[i].Parameter.Shape);
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
