namespace Descent.NN;

/// <summary>One parameter as a child, so that its name can be made up: a number in a list, <c>weight_ih_l0_reverse</c>.</summary>
sealed class NamedParameter(Parameter value) : Module
{
    [Name("")]
    readonly Parameter _value = value;

    internal Parameter Value => _value;
}
