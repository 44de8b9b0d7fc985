using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Descent.Tensors.Formats;

/// <summary>Named tensors in one file in the safetensors format of Hugging Face.</summary>
/// <remarks>
/// https://huggingface.co/docs/safetensors: eight bytes with the header's length, a JSON header padded with blanks, then
/// the elements without holes. <see cref="SafetensorsFile"/> reads single tensors.
/// </remarks>
public static class Safetensors
{
    const int HeaderAlignment = 8;

    /// <summary>
    /// All tensors by name, in the order of the header. The file is mapped, not copied: pages are read when touched,
    /// and changes stay private to the process. On Windows it cannot be replaced while a tensor of it is in use.
    /// </summary>
    /// <exception cref="InvalidDataException">The file breaks the format's rules, or holds elements that tensors do not have; the message names the byte.</exception>
    public static OrderedDictionary<string, Tensor> Load(string path) => ReadAll(SafetensorsFile.Open(path));

    /// <summary>All tensors of a file in memory, copied out of it.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format's rules, or holds elements that tensors do not have; the message names the byte.</exception>
    public static OrderedDictionary<string, Tensor> Load(ReadOnlyMemory<byte> file) => ReadAll(SafetensorsFile.Open(file));

    /// <summary>Writes a file; what was there before stays whole until the new one is on the disk.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="tensors">Different names; the header keeps their order.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is <c>__metadata__</c>.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var (list, data, header) = Prepare(tensors, metadata);
        AtomicFile.Write(path, file => Write(file, list, data, header));
    }

    /// <inheritdoc cref="Save(string, IEnumerable{KeyValuePair{string, Tensor}}, IEnumerable{KeyValuePair{string, string}})"/>
    public static void Save(string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null) =>
        Save(path, tensors.Select(t => KeyValuePair.Create(t.Name, t.Tensor)), metadata);

    /// <summary>Writes to a stream what <see cref="Load(string)"/> reads.</summary>
    /// <exception cref="ArgumentException">A name occurs twice or is <c>__metadata__</c>.</exception>
    public static void Save(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var (list, data, header) = Prepare(tensors, metadata);
        Write(stream, list, data, header);
    }

    static OrderedDictionary<string, Tensor> ReadAll(SafetensorsFile file)
    {
        var tensors = new OrderedDictionary<string, Tensor>(file.Names.Count);
        foreach (string name in file.Names) tensors.Add(name, file.Read(name));
        return tensors;
    }

    /// <summary>The tensors in the order of the header, in that of the data, and the header.</summary>
    static (List<KeyValuePair<string, Tensor>> List, int[] Data, byte[] Header) Prepare(
        IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        List<KeyValuePair<string, Tensor>> list = [.. tensors];
        var names = new HashSet<string> { "__metadata__" };
        foreach (var (name, _) in list)
        {
            if (!names.Add(name))
                throw new ArgumentException($"Safetensors.Save: the name \"{name}\" occurs twice or is reserved. Expected different names.", nameof(tensors));
        }

        // Widest elements first, so that every tensor lies at a multiple of its element size and can be mapped.
        int[] data = [.. Enumerable.Range(0, list.Count).OrderByDescending(i => list[i].Value.DType.Size)];
        var begins = new long[list.Count];
        long end = 0;
        foreach (int i in data)
        {
            begins[i] = end;
            end += (long)list[i].Value.Elements * list[i].Value.DType.Size;
        }
        return (list, data, Header(list, begins, metadata));
    }

    static byte[] Header(List<KeyValuePair<string, Tensor>> list, long[] begins, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Advance(Blank(buffer, SafetensorsHeader.PrefixBytes));
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }
            for (int i = 0; i < list.Count; i++)
            {
                var (name, x) = list[i];
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsTypes.Name(x.DType));
                json.WriteStartArray("shape");
                foreach (int size in x.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(begins[i]);
                json.WriteNumberValue(begins[i] + (long)x.Elements * x.DType.Size);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        int padding = -buffer.WrittenCount & (HeaderAlignment - 1);
        if (padding > 0) buffer.Advance(Blank(buffer, padding));
        byte[] header = buffer.WrittenSpan.ToArray();
        if (header.Length - SafetensorsHeader.PrefixBytes > SafetensorsHeader.MaxBytes)
            throw new ArgumentException($"Safetensors.Save: the header takes {header.Length} bytes; readers accept {SafetensorsHeader.MaxBytes}. Write several files.", nameof(list));
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - SafetensorsHeader.PrefixBytes);
        return header;
    }

    static int Blank(ArrayBufferWriter<byte> buffer, int count)
    {
        buffer.GetSpan(count)[..count].Fill((byte)' ');
        return count;
    }

    static void Write(Stream stream, List<KeyValuePair<string, Tensor>> list, int[] data, byte[] header)
    {
        stream.Write(header);
        foreach (int i in data) ElementStream.Write(list[i].Value, stream);
    }
}
