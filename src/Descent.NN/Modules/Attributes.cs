namespace Descent.NN;

/// <summary>
/// The name of a field in the state dict, where it is not the field's own in snake case. An empty name drops the level:
/// a container's children then stand directly under the container, and a tensor under its module's own name.
/// </summary>
/// <param name="name">One level of a state dict's key, without a dot.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class NameAttribute(string name) : Attribute
{
    /// <summary>One level of a state dict's key.</summary>
    public string Name => name;
}

/// <summary>
/// Keeps a buffer out of the state dict: it is derived from something else. On a module or a parameter, keeps the module
/// from finding it at all: it belongs to someone else.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class NotSavedAttribute : Attribute;
