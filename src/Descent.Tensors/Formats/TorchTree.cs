namespace Descent.Tensors.Formats;

/// <summary>Walks over what a pickle made, which may share parts and, from a stranger, contain itself.</summary>
static class TorchTree
{
    const int MaxDepth = 128;

    /// <summary>
    /// Refuses cycles and deep nesting, and puts element types in place of their names. Shared parts are visited once.
    /// </summary>
    internal static object? Finish(object? root, string file)
    {
        var heights = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        if (!IsPlain(ref root, file)) Height(root!, 0, heights, file);
        return root;
    }

    /// <summary>The tensors under their paths: keys and indices joined by dots.</summary>
    internal static OrderedDictionary<string, Tensor> Flatten(object? root, string file, long limit)
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        long visits = 0;
        Visit(root, "");
        return tensors;

        void Visit(object? node, string path)
        {
            // Lists of the same lists can stand for more parts than there is time; a file has fewer than bytes.
            if (++visits > limit) throw Damage.At(file, 0, "the parts of the checkpoint repeat each other more often than its size allows.");
            switch (node)
            {
                case Tensor x:
                    if (!tensors.TryAdd(path, x)) throw Damage.At(file, 0, $"two tensors have the path {Damage.Quote(path)}.");
                    break;
                case OrderedDictionary<object, object?> d:
                    foreach (var (key, value) in d) Child(value, path, FormattableString.Invariant($"{key}"));
                    break;
                case List<object?> list:
                    for (int i = 0; i < list.Count; i++) Child(list[i], path, FormattableString.Invariant($"{i}"));
                    break;
                case object?[] tuple:
                    for (int i = 0; i < tuple.Length; i++) Child(tuple[i], path, FormattableString.Invariant($"{i}"));
                    break;
            }
        }

        void Child(object? node, string path, string name)
        {
            if (node is Tensor or OrderedDictionary<object, object?> or List<object?> or object?[]) Visit(node, path.Length == 0 ? name : $"{path}.{name}");
        }
    }

    static int Height(object node, int depth, Dictionary<object, int> heights, string file)
    {
        const int Open = -1;
        if (heights.TryGetValue(node, out int known))
        {
            if (known == Open) throw Damage.At(file, 0, "a list or dictionary of the checkpoint contains itself.");
            return depth + known <= MaxDepth ? known : throw TooDeep(file);
        }
        if (depth > MaxDepth) throw TooDeep(file);
        heights[node] = Open;
        int height = 0;
        switch (node)
        {
            case OrderedDictionary<object, object?> d:
                for (int i = 0; i < d.Count; i++)
                {
                    object? value = d.GetAt(i).Value;
                    if (IsPlain(ref value, file)) d.SetAt(i, value);
                    else height = Math.Max(height, 1 + Height(value!, depth + 1, heights, file));
                }
                break;
            case List<object?> list:
                for (int i = 0; i < list.Count; i++)
                {
                    object? value = list[i];
                    if (IsPlain(ref value, file)) list[i] = value;
                    else height = Math.Max(height, 1 + Height(value!, depth + 1, heights, file));
                }
                break;
            case object?[] tuple:
                for (int i = 0; i < tuple.Length; i++)
                {
                    object? value = tuple[i];
                    if (IsPlain(ref value, file)) tuple[i] = value;
                    else height = Math.Max(height, 1 + Height(value!, depth + 1, heights, file));
                }
                break;
        }
        return heights[node] = height;
    }

    static InvalidDataException TooDeep(string file) => Damage.At(file, 0, $"the checkpoint nests deeper than {MaxDepth}.");

    /// <summary>Whether nothing lies inside; an element type's name becomes the type that tensors have for it.</summary>
    static bool IsPlain(ref object? value, string file)
    {
        switch (value)
        {
            case OrderedDictionary<object, object?> or List<object?> or object?[]: return false;
            case PickleGlobal { Kind: GlobalKind.Element, Type: { } type }: value = type.Loaded; return true;
            case PickleGlobal global: throw Damage.At(file, 0, $"the checkpoint holds {global.Name} itself as a value.");
            case TorchStorage storage: value = storage.Elements; return true;
            default: return true;
        }
    }
}
