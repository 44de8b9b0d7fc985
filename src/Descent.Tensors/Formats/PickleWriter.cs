using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using System.Text;

namespace Descent.Tensors.Formats;

/// <summary>Python's pickle, protocol 2, of tensors and plain values: what <see cref="PickleReader"/> reads.</summary>
sealed class PickleWriter(TorchStorages storages)
{
    const int MaxDepth = 128;

    readonly ArrayBufferWriter<byte> _bytes = new();
    readonly Dictionary<string, int> _memo = [];

    internal ReadOnlyMemory<byte> Write(object? value)
    {
        Put([0x80, 2]);
        Value(value, 0);
        Put("."u8);
        return _bytes.WrittenMemory;
    }

    void Value(object? value, int depth)
    {
        if (depth > MaxDepth) throw new ArgumentException($"TorchCheckpoint.Save: the value nests deeper than {MaxDepth}, or contains itself.");
        switch (value)
        {
            case null: Put("N"u8); break;
            case bool b: Put([b ? (byte)0x88 : (byte)0x89]); break;
            case int n: Integer(n); break;
            case long n: Integer(n); break;
            case BigInteger n: Long(n.ToByteArray()); break;
            case float x: Double(x); break;
            case double x: Double(x); break;
            case string text: Text(text); break;
            case byte[] bytes:
                Global("_codecs", "encode");
                Text(Encoding.Latin1.GetString(bytes));
                Text("latin1");
                Put([0x86]);
                Put("R"u8);
                break;
            case DType type: Global("torch", type.ToString().ToLowerInvariant()); break;
            case Tensor x: Rebuilt(x); break;
            case IEnumerable<KeyValuePair<string, Tensor>> state:
                Global("collections", "OrderedDict");
                Put(")R"u8);
                Items(state.Select(item => ((object)item.Key, (object?)item.Value)), depth);
                break;
            case IDictionary dictionary:
                Put("}"u8);
                Items(Entries(dictionary), depth);
                break;
            case object?[] tuple:
                Put("("u8);
                foreach (object? item in tuple) Value(item, depth + 1);
                Put("t"u8);
                break;
            case IList list:
                Put("]("u8);
                foreach (object? item in list) Value(item, depth + 1);
                Put("e"u8);
                break;
            default:
                throw new ArgumentException($"TorchCheckpoint.Save: a value is a {value.GetType()}. Expected tensors, dictionaries, lists, " +
                    "object arrays (as tuples), numbers, strings, bools, byte arrays, element types or null.");
        }
    }

    static IEnumerable<(object Key, object? Value)> Entries(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary) yield return (entry.Key, entry.Value);
    }

    void Items(IEnumerable<(object Key, object? Value)> items, int depth)
    {
        Put("("u8);
        foreach (var (key, value) in items)
        {
            if (key is not (string or int or long or double or bool))
                throw new ArgumentException($"TorchCheckpoint.Save: a key is a {key.GetType()}. Expected strings, numbers or bools.");
            Value(key, depth + 1);
            Value(value, depth + 1);
        }
        Put("u"u8);
    }

    /// <summary><c>_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)</c>.</summary>
    void Rebuilt(Tensor x)
    {
        var (key, elements) = storages.Place(ref x);
        Global("torch._utils", "_rebuild_tensor_v2");
        Put("(("u8);
        Text("storage");
        Global("torch", TypeName(x.DType));
        Text(FormattableString.Invariant($"{key}"));
        Text("cpu");
        Integer(elements.Elements);
        Put("tQ"u8);
        Integer(x.Offset);
        Sizes(x.Shape.AsSpan());
        Sizes(x.Strides);
        Put([0x89]);
        Global("collections", "OrderedDict");
        Put(")RtR"u8);
    }

    void Sizes(ReadOnlySpan<int> sizes)
    {
        Put("("u8);
        foreach (int size in sizes) Integer(size);
        Put("t"u8);
    }

    static string TypeName(DType type) => type switch
    {
        DType.Float32 => "FloatStorage",
        DType.Float64 => "DoubleStorage",
        DType.Float16 => "HalfStorage",
        DType.BFloat16 => "BFloat16Storage",
        DType.Int64 => "LongStorage",
        DType.Int32 => "IntStorage",
        DType.Int8 => "CharStorage",
        DType.UInt8 => "ByteStorage",
        _ => "BoolStorage",
    };

    /// <summary>Names and strings are written once and then recalled, as Python's own writer does.</summary>
    bool Recall(string key)
    {
        if (!_memo.TryGetValue(key, out int index)) return false;
        if (index < 256) Put([(byte)'h', (byte)index]);
        else Put4('j', index);
        return true;
    }

    void Remember(string key)
    {
        int index = _memo.Count;
        _memo.Add(key, index);
        if (index < 256) Put([(byte)'q', (byte)index]);
        else Put4('r', index);
    }

    void Global(string module, string name)
    {
        string line = $"c{module}\n{name}\n";
        if (Recall(line)) return;
        Put(Encoding.ASCII.GetBytes(line));
        Remember(line);
    }

    void Text(string text)
    {
        string key = "X" + text;
        if (Recall(key)) return;
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Put4('X', utf8.Length);
        Put(utf8);
        Remember(key);
    }

    void Integer(long n)
    {
        if (n is >= 0 and < 256) Put([(byte)'K', (byte)n]);
        else if (n is >= int.MinValue and <= int.MaxValue) Put4('J', (int)n);
        else Long(new BigInteger(n).ToByteArray());
    }

    void Long(ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length > byte.MaxValue)
            throw new ArgumentException($"TorchCheckpoint.Save: an integer takes {littleEndian.Length} bytes; expected at most {byte.MaxValue}.");
        Put([0x8a, (byte)littleEndian.Length]);
        Put(littleEndian);
    }

    void Double(double x)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = (byte)'G';
        BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], x);
        Put(bytes);
    }

    void Put4(char code, int value)
    {
        Span<byte> bytes = stackalloc byte[5];
        bytes[0] = (byte)code;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], value);
        Put(bytes);
    }

    void Put(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);
}
