using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Descent.Tensors.Formats;

/// <summary>
/// Python's pickle as far as checkpoints need it, protocols 0 to 4: it builds lists, tuples, dictionaries and plain values.
/// Names of Python are looked up in <see cref="PickleGlobal"/> and what they make is made by <see cref="TorchObjects"/>.
/// </summary>
/// <remarks>
/// Lists are <c>List&lt;object?&gt;</c>, tuples <c>object?[]</c>, dictionaries <c>OrderedDictionary&lt;object, object?&gt;</c>, sets
/// lists, integers <c>long</c> (beyond 64 bits <c>BigInteger</c>).
/// </remarks>
sealed class PickleReader(string file, byte[] data, long offset, TorchObjects objects)
{
    const int MaxDigits = 256;

    readonly List<object?> _stack = [];
    readonly List<int> _marks = [];
    readonly Dictionary<int, object?> _memo = [];
    int _at, _instruction;

    /// <summary>The pickle's value; afterwards <see cref="Position"/> is behind it.</summary>
    internal object? Read(int position)
    {
        _at = position;
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        while (true)
        {
            _instruction = _at;
            byte code = Byte();
            if (code != (byte)'.')
            {
                Execute((char)code);
                continue;
            }
            object? value = Pop();
            if (_stack.Count != 0 || _marks.Count != 0) throw Bad("the pickle ends with values left over.");
            return value;
        }
    }

    internal int Position => _at;

    void Execute(char code)
    {
        switch (code)
        {
            case '\x80': if (Byte() > 4) throw Bad("the pickle's protocol is above 4."); break;
            case '\x95': Take(8); break;
            case '(': _marks.Add(_stack.Count); break;
            case '0': Pop(); break;
            case '1': PopMarked(); break;
            case '2': _stack.Add(Peek()); break;

            case 'N': _stack.Add(null); break;
            case '\x88': _stack.Add(true); break;
            case '\x89': _stack.Add(false); break;
            case 'K': _stack.Add((long)Byte()); break;
            case 'M': _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 'J': _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case '\x8a': _stack.Add(Integer(Take(Byte()))); break;
            case 'I': _stack.Add(IntegerLine()); break;
            case 'L': _stack.Add(Parse(Line().TrimEnd('L'))); break;
            case 'G': _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case 'F': _stack.Add(Double(Line())); break;

            case '\x8c': _stack.Add(Text(Take(Byte()))); break;
            case 'X': _stack.Add(Text(Take(Length4()))); break;
            case '\x8d': _stack.Add(Text(Take(Length8()))); break;
            // Byte strings of Python 2, which torch decodes as UTF-8.
            case 'U': _stack.Add(Text(Take(Byte()))); break;
            case 'T': _stack.Add(Text(Take(Length4()))); break;
            case 'C': _stack.Add(Take(Byte()).ToArray()); break;
            case 'B': _stack.Add(Take(Length4()).ToArray()); break;
            case '\x8e': _stack.Add(Take(Length8()).ToArray()); break;

            case ')': _stack.Add(Array.Empty<object?>()); break;
            case '\x85': _stack.Add(new[] { Pop() }); break;
            case '\x86': { object? b = Pop(), a = Pop(); _stack.Add(new[] { a, b }); break; }
            case '\x87': { object? c = Pop(), b = Pop(), a = Pop(); _stack.Add(new[] { a, b, c }); break; }
            case 't': _stack.Add(PopMarked()); break;
            case ']' or '\x8f': _stack.Add(new List<object?>()); break;
            case 'l' or '\x91': _stack.Add(new List<object?>(PopMarked())); break;
            case 'a': { object? item = Pop(); List().Add(item); break; }
            case 'e' or '\x90': { var items = PopMarked(); List().AddRange(items); break; }
            case '}': _stack.Add(new OrderedDictionary<object, object?>()); break;
            case 'd': { var items = PopMarked(); var d = new OrderedDictionary<object, object?>(); Set(d, items); _stack.Add(d); break; }
            case 's': { object? value = Pop(), key = Pop(); Set(Dictionary(), [key, value]); break; }
            case 'u': { var items = PopMarked(); Set(Dictionary(), items); break; }

            case 'q': _memo[Byte()] = Peek(); break;
            case 'r': _memo[Length4()] = Peek(); break;
            case 'p': _memo[MemoLine()] = Peek(); break;
            case '\x94': _memo[_memo.Count] = Peek(); break;
            case 'h': Get(Byte()); break;
            case 'j': Get(Length4()); break;
            case 'g': Get(MemoLine()); break;

            case 'c': Global(Line() + "." + Line()); break;
            case '\x93':
            {
                object? name = Pop(), module = Pop();
                if (name is not string n || module is not string m) throw Bad("a global is not named by two strings.");
                Global(m + "." + n);
                break;
            }
            case 'R' or '\x81':
            {
                if (Pop() is not object?[] arguments) throw Bad("a function's arguments are no tuple.");
                if (Pop() is not PickleGlobal function) throw Bad("what is called is no global.");
                _stack.Add(objects.Call(function, arguments, offset + _instruction));
                break;
            }
            case 'Q': _stack.Add(objects.PersistentId(Pop(), offset + _instruction)); break;
            // The attributes of a state dictionary or of a parameter (_metadata, …): their values are not ours to keep.
            case 'b': Pop(); if (Peek() is not (OrderedDictionary<object, object?> or Tensor)) throw Bad("attributes are set on what is no dictionary or tensor."); break;
            default:
                throw Bad($"the instruction 0x{(int)code:x2} is none of those that checkpoints need.");
        }
    }

    void Global(string name) => _stack.Add(PickleGlobal.Find(name) ?? throw Bad(
        $"the file asks for the global {Damage.Quote(name)}, which is not on the list of those that make tensors and plain values. " +
        "It is not executed; save the state dictionary alone."));

    void Get(int index) => _stack.Add(_memo.TryGetValue(index, out object? value) ? value : throw Bad($"the memo has no entry {index}."));

    void Set(OrderedDictionary<object, object?> dictionary, object?[] items)
    {
        if (items.Length % 2 != 0) throw Bad("a dictionary gets a key without a value.");
        for (int i = 0; i < items.Length; i += 2)
        {
            if (items[i] is not (string or long or bool or double)) throw Bad("a key of a dictionary is no string, number or bool.");
            dictionary[items[i]!] = items[i + 1];
        }
    }

    List<object?> List() => Peek() as List<object?> ?? throw Bad("items are added to what is no list.");

    OrderedDictionary<object, object?> Dictionary() => Peek() as OrderedDictionary<object, object?> ?? throw Bad("items are set in what is no dictionary.");

    object? Peek()
    {
        if (_stack.Count == 0 || (_marks.Count > 0 && _marks[^1] == _stack.Count)) throw Bad("the stack is empty.");
        return _stack[^1];
    }

    object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    object?[] PopMarked()
    {
        if (_marks.Count == 0) throw Bad("there is no mark on the stack.");
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        object?[] items = [.. _stack[mark..]];
        _stack.RemoveRange(mark, items.Length);
        return items;
    }

    byte Byte() => Take(1)[0];

    int Length4() => Bounded(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));

    int Length8() => Bounded(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));

    int Bounded(ulong n) => n <= int.MaxValue ? (int)n : throw Bad($"a length or index is {n}.");

    ReadOnlySpan<byte> Take(int count)
    {
        if (count > data.Length - _at) throw Damage.At(file, offset + data.Length, $"the pickle ends early: {count} bytes were to follow byte {offset + _at}.");
        _at += count;
        return data.AsSpan(_at - count, count);
    }

    string Line()
    {
        int length = data.AsSpan(_at).IndexOf((byte)'\n');
        if (length < 0) throw Damage.At(file, offset + data.Length, "the pickle ends within a line.");
        var line = Take(length);
        _at++;
        return Text(line);
    }

    string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (ArgumentException error)
        {
            throw Damage.At(file, offset + _instruction, "a string is no valid UTF-8.", error);
        }
    }

    static readonly UTF8Encoding s_utf8 = new(false, throwOnInvalidBytes: true);

    object IntegerLine() => Line() is var line && line is "00" or "01" ? line == "01" : Parse(line);

    object Parse(string text)
    {
        if (text.Length > MaxDigits || !BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            throw Bad("a number is no integer.");
        return Narrow(value);
    }

    static object Integer(ReadOnlySpan<byte> bytes) => Narrow(new BigInteger(bytes));

    static object Narrow(BigInteger value)
    {
        object? number = value >= long.MinValue && value <= long.MaxValue ? (long)value : null;
        return number ?? value;
    }

    double Double(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Bad("a number is no float.");

    int MemoLine() => Parse(Line()) is long n and >= 0 and <= int.MaxValue ? (int)n : throw Bad("a memo index is no such number.");

    InvalidDataException Bad(string what) => Damage.At(file, offset + _instruction, what);
}
