using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>A field that may hold something a module owns.</summary>
sealed record ModuleField(FieldInfo Field, string Key, bool IsSaved)
{
    internal object? Get(Module module) => Field.GetValue(module);

    internal void Set(Module module, Tensor value)
    {
        if (!Field.FieldType.IsInstanceOfType(value))
            throw new InvalidOperationException($"{module.GetType().Name}.{Field.Name} is a {Field.FieldType.Name}; it cannot hold a {value.GetType().Name}.");
        Field.SetValue(module, value);
    }
}

/// <summary>Which fields of a type hold parameters, buffers and children: resolved once per type.</summary>
/// <remarks>Fields of base classes come first, then those of the type itself, each in the order of declaration.</remarks>
sealed class ModuleFields
{
    static readonly ConcurrentDictionary<Type, ModuleFields> s_types = new();

    /// <summary>Fields that can hold a parameter or a buffer; which of them it is, the value tells.</summary>
    internal required ModuleField[] Tensors { get; init; }

    /// <summary>Fields that can hold a module, or several by number or name.</summary>
    internal required ModuleField[] Children { get; init; }

    internal static ModuleFields Of(Module module)
    {
        var type = module.GetType();
        return s_types.TryGetValue(type, out var known) ? known : s_types[type] = Resolve(type);
    }

    static ModuleFields Resolve([DynamicallyAccessedMembers(Module.Fields)] Type type)
    {
        List<ModuleField> tensors = [], children = [];
        foreach (var field in FieldsOf(type))
        {
            bool isSaved = field.GetCustomAttribute<NotSavedAttribute>() is null;
            string key = field.GetCustomAttribute<NameAttribute>()?.Name ?? FieldNames.ToKey(field.Name);
            if (key.Contains('.'))
                throw new InvalidOperationException($"{type.Name}.{field.Name}: the name '{key}' has a dot, which separates the levels of a key.");
            if (typeof(Tensor).IsAssignableFrom(field.FieldType))
            {
                if (isSaved || field.FieldType == typeof(Tensor)) tensors.Add(new(field, key, isSaved));
            }
            else if (isSaved && HoldsModules(field.FieldType)) children.Add(new(field, key, isSaved));
        }
        var twice = tensors.Concat(children).Where(f => f.Key.Length > 0).GroupBy(f => f.Key).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new InvalidOperationException($"{type.Name}: the fields {string.Join(" and ", twice.Select(f => f.Field.Name))} " +
                $"would both be '{twice.Key}'. Rename one, or give it [Name(\"…\")].");
        return new() { Tensors = [.. tensors], Children = [.. children] };
    }

    static bool HoldsModules(Type type) =>
        typeof(Module).IsAssignableFrom(type) || typeof(IEnumerable<Module>).IsAssignableFrom(type)
        || typeof(IReadOnlyDictionary<string, Module>).IsAssignableFrom(type);

    static List<FieldInfo> FieldsOf([DynamicallyAccessedMembers(Module.Fields)] Type type)
    {
        const BindingFlags own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var fields = type.BaseType is { } parent && parent != typeof(object) ? FieldsOf(parent) : [];
        fields.AddRange(type.GetFields(own).OrderBy(f => f.MetadataToken));
        return fields;
    }
}
