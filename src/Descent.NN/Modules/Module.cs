using System.Diagnostics.CodeAnalysis;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>
/// A function with parameters, made of tensors and other modules. What it owns is found by its fields: a
/// <see cref="Parameter"/> is learned, any other <see cref="Tensor"/> is a buffer, a <see cref="Module"/> (or a
/// sequence, or a dictionary by name, of modules) is a child.
/// </summary>
/// <remarks>
/// Names are the fields' in snake case, <c>_gateProj</c> as <c>gate_proj</c>, or as <see cref="NameAttribute"/> says, so
/// that they are the keys of PyTorch's state dicts.
/// </remarks>
[DynamicallyAccessedMembers(Fields)]
public abstract class Module
{
    internal const DynamicallyAccessedMemberTypes Fields = DynamicallyAccessedMemberTypes.AllFields;

    /// <summary>Whether it behaves as in training, where dropout and batch statistics differ. True until <c>Eval()</c>.</summary>
    public bool IsTraining { get; internal set; } = true;

    /// <summary>The function itself, of modules that take one tensor and give one; the others have a Forward of their own.</summary>
    /// <exception cref="NotSupportedException">The module takes more than one tensor.</exception>
    public virtual Tensor Forward(Tensor x) =>
        throw new NotSupportedException($"{GetType().Name} does not take one tensor alone. Call the Forward that it declares itself.");

    // ---- What it owns ----------------------------------------------------------------------------------------------

    /// <summary>Modules held directly, with their names.</summary>
    public IEnumerable<(string Name, Module Module)> NamedChildren()
    {
        foreach (var field in ModuleFields.Of(this).Children)
        {
            string dot = field.Key.Length == 0 ? "" : ".";
            switch (field.Get(this))
            {
                case Module child:
                    yield return (field.Key, child);
                    break;
                case IReadOnlyDictionary<string, Module> named:
                    foreach (var (name, child) in named) yield return (field.Key + dot + name, child);
                    break;
                case IEnumerable<Module> several:
                    int i = 0;
                    foreach (var child in several) yield return ($"{field.Key}{dot}{i++}", child);
                    break;
            }
        }
    }

    /// <summary>Modules held directly.</summary>
    public IEnumerable<Module> Children() => NamedChildren().Select(c => c.Module);

    /// <summary>This module, named "", and all below it, each once, parents first.</summary>
    public IEnumerable<(string Name, Module Module)> NamedModules() => ModuleTree.Walk(this, distinct: true);

    /// <summary>All parameters here and below, each once, with their keys.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters() =>
        ModuleTree.Slots(this, distinct: true).Where(s => s.Tensor is Parameter).Select(s => (s.Key, (Parameter)s.Tensor));

    /// <summary>All parameters here and below, each once.</summary>
    public IEnumerable<Parameter> Parameters() => NamedParameters().Select(p => p.Parameter);

    /// <summary>All buffers here and below, each once, with their keys.</summary>
    public IEnumerable<(string Name, Tensor Buffer)> NamedBuffers() =>
        ModuleTree.Slots(this, distinct: true).Where(s => s.Tensor is not Parameter).Select(s => (s.Key, s.Tensor));

    /// <summary>Drops the gradients of all parameters.</summary>
    public void ZeroGrad()
    {
        foreach (var parameter in Parameters()) parameter.Grad = null;
    }

    // ---- Saving and loading ----------------------------------------------------------------------------------------

    /// <summary>Parameters and buffers by key, sharing memory with this module, in PyTorch's order.</summary>
    public OrderedDictionary<string, Tensor> StateDict()
    {
        var state = new OrderedDictionary<string, Tensor>();
        foreach (var slot in ModuleTree.Slots(this, distinct: false))
            if (slot.Field.IsSaved) state.Add(slot.Key, slot.Tensor.Detach());
        return state;
    }

    /// <summary>Copies values into the parameters and buffers, converting their types.</summary>
    /// <param name="state">Values by key.</param>
    /// <param name="strict">Whether keys that are missing or unexpected are errors. Shapes must fit in any case.</param>
    /// <returns>The keys that did not match; none if <paramref name="strict"/>.</returns>
    /// <exception cref="StateDictException">The keys or shapes do not fit; nothing was loaded.</exception>
    public StateDictDifference LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true) =>
        StateDicts.Load(this, state, strict);

    /// <summary>Writes the <see cref="StateDict"/> as a safetensors file, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => Safetensors.Save(path, StateDict());

    /// <summary>Reads parameters and buffers from a safetensors file, as <see cref="LoadStateDict"/>.</summary>
    /// <returns>The keys that did not match; none if <paramref name="strict"/>.</returns>
    /// <exception cref="StateDictException">The keys or shapes do not fit; nothing was loaded.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public StateDictDifference Load(string path, bool strict = true) => LoadStateDict(Safetensors.Load(path), strict);

    /// <summary>Writes the <see cref="StateDict"/> as a PyTorch checkpoint, whole or not at all: <c>load_state_dict(torch.load(path))</c> reads it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveTorch(string path) => TorchCheckpoint.Save(path, StateDict());

    /// <summary>Reads parameters and buffers from a PyTorch checkpoint of a state dict, as <see cref="LoadStateDict"/>.</summary>
    /// <returns>The keys that did not match; none if <paramref name="strict"/>.</returns>
    /// <exception cref="StateDictException">The keys or shapes do not fit; nothing was loaded.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or asks for what is no tensor or plain value.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public StateDictDifference LoadTorch(string path, bool strict = true) => LoadStateDict(TorchCheckpoint.LoadStateDict(path), strict);

    // ---- Other ways to run -----------------------------------------------------------------------------------------

    /// <summary>
    /// The function with other parameters, as if it held no state: gradients flow to the given tensors. Those not named
    /// are this module's own; tensors that stand in several places are replaced in all of them.
    /// </summary>
    /// <param name="parameters">Parameters and buffers by key.</param>
    /// <param name="input">The input of <see cref="Forward"/>.</param>
    /// <remarks>Not to be used on one module from several threads at once.</remarks>
    /// <exception cref="StateDictException">A key is unknown or a shape does not fit.</exception>
    public Tensor Call(IReadOnlyDictionary<string, Tensor> parameters, Tensor input) => FunctionalCall.Run(this, parameters, input);

    /// <summary>A table of the layers with the shapes they give, the parameters they hold and the operations they take, and the totals.</summary>
    /// <param name="inputShape">Shape of an input of floating type, batch included; null leaves out shapes and operations.</param>
    /// <inheritdoc cref="Summary(Action)"/>
    public string Summary(Shape? inputShape = null) => inputShape is { } shape
        ? Summary(Tensor.Zeros(shape, Parameters().FirstOrDefault()?.DType ?? Tensor.DefaultDType))
        : ModuleSummary.Print(this, null);

    /// <summary>The table for an example of an input, such as integer tokens.</summary>
    /// <inheritdoc cref="Summary(Action)"/>
    public string Summary(Tensor input) => Summary(() => Observed(Forward(input)));

    /// <summary>The table for a module that takes several inputs: <c>model.Summary(() =&gt; model.Forward(source, target))</c>.</summary>
    /// <remarks>
    /// Operations (FLOPs) are those on floating numbers in one forward pass in evaluation, a multiply-add counted as two;
    /// activations, pooling and copies are left out.
    /// </remarks>
    /// <param name="forward">Runs the module once.</param>
    public string Summary(Action forward) => ModuleSummary.Print(this, forward);

    /// <summary>Whether somebody on this thread sees what each module gives, so that none may be left out.</summary>
    internal static bool IsObserved => ModuleSummary.IsOn || ModuleObserver.IsOn || TrainingProfile.IsOn;

    /// <summary>Tells a <see cref="Summary(Action)"/> in progress what this module gave; layers return their result through it.</summary>
    /// <param name="y">The result.</param>
    /// <param name="flops">Floating-point operations of this module's own, not of its children; a multiply-add is two.</param>
    protected internal Tensor Observed(Tensor y, long flops = 0)
    {
        ModuleSummary.Observe(this, y, flops);
        ModuleObserver.Observe(this, y);
        TrainingProfile.Observe(this);
        return y;
    }
}
