using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Descent.NN;

/// <summary>Parameters by number, listed by the module that holds them.</summary>
public sealed class ParameterList : Module, IReadOnlyList<Parameter>
{
    [Name("")]
    readonly List<NamedParameter> _slots;

    /// <summary>A list of the given parameters.</summary>
    public ParameterList(params IEnumerable<Parameter> parameters) => _slots = [.. parameters.Select(p => new NamedParameter(p))];

    /// <summary>The number of parameters.</summary>
    public int Count => _slots.Count;

    /// <summary>The parameter at a place.</summary>
    public Parameter this[int index] => _slots[index].Value;

    /// <summary>Appends a parameter.</summary>
    public void Add(Parameter parameter) => _slots.Add(new(parameter));

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => _slots.Select(s => s.Value).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Parameters by name, listed by the module that holds them.</summary>
public sealed class ParameterDict : Module, IReadOnlyDictionary<string, Parameter>
{
    [Name("")]
    readonly OrderedDictionary<string, Module> _slots = [];

    /// <summary>A dictionary of the given parameters, in this order.</summary>
    /// <exception cref="ArgumentException">A name is empty, has a dot or occurs twice.</exception>
    public ParameterDict(params IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        foreach (var (name, parameter) in parameters) Add(name, parameter);
    }

    /// <inheritdoc/>
    public int Count => _slots.Count;

    /// <inheritdoc/>
    public Parameter this[string key] => ((NamedParameter)_slots[key]).Value;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _slots.Keys;

    /// <inheritdoc/>
    public IEnumerable<Parameter> Values => _slots.Values.Select(s => ((NamedParameter)s).Value);

    /// <summary>Appends a parameter.</summary>
    /// <exception cref="ArgumentException">The name is empty, has a dot or occurs already.</exception>
    public void Add(string name, Parameter parameter)
    {
        if (!KeyLevel.IsValid(name) || !_slots.TryAdd(name, new NamedParameter(parameter))) throw KeyLevel.Refuse(nameof(ParameterDict), name);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _slots.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value)
    {
        value = _slots.TryGetValue(key, out var slot) ? ((NamedParameter)slot).Value : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Parameter>> GetEnumerator() =>
        _slots.Select(s => KeyValuePair.Create(s.Key, ((NamedParameter)s.Value).Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
