using Descent.Tensors;

namespace Descent.NN;

/// <summary>How a parameter is computed from others.</summary>
abstract class Parametrization : Module
{
    internal abstract Tensor Value();
}

/// <summary>
/// A module one of whose parameters is computed from others before every pass. The keys are those of PyTorch's
/// <c>parametrizations</c>; the module's other keys stay as they are.
/// </summary>
public abstract class Parametrized : Module
{
    [Name("")]
    readonly Module _module;

    readonly OrderedDictionary<string, Module> _parametrizations = [];
    readonly ModuleField _field;
    [NotSaved] readonly Module _owner;
    [NotSaved] readonly Parametrization _parametrization;

    private protected Parametrized(Module module, string name, Func<Parameter, Parametrization> create)
    {
        var slot = ModuleTree.Slots(module, distinct: false).FirstOrDefault(s => s.Key == name && s.Tensor is Parameter);
        if (slot.Tensor is not Parameter weight)
            throw new ArgumentException($"{GetType().Name}: {module.GetType().Name} has no parameter '{name}'. It has: {string.Join(", ", module.NamedParameters().Select(p => p.Name))}.", nameof(name));
        (_module, _owner, _field, _parametrization) = (module, slot.Owner, slot.Field, create(weight));
        _parametrizations.Add(name.Replace('.', '_'), _parametrization);
        using var _ = Autograd.NoGrad();
        Renew();
    }

    /// <summary>The module as it was given; its parameter is the one of the last pass.</summary>
    public Module Inner => _module;

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x)
    {
        Renew();
        return Observed(_module.Forward(x));
    }

    /// <summary>The module with its parameter computed anew, for a pass that takes several inputs: <c>norm.Renewed&lt;LSTM&gt;().Forward(x, h0, c0)</c>.</summary>
    /// <typeparam name="TModule">What the module is.</typeparam>
    /// <exception cref="InvalidOperationException">The module is something else.</exception>
    public TModule Renewed<TModule>() where TModule : Module
    {
        if (_module is not TModule module)
            throw new InvalidOperationException($"{GetType().Name}: the module is {_module.GetType().Name}, not {typeof(TModule).Name}.");
        Renew();
        return module;
    }

    void Renew() => _field.Set(_owner, Parameter.Derived(_parametrization.Value()));
}
