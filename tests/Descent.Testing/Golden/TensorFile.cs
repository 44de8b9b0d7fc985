using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Reads trusted safetensors files, also their 16-bit integers, as Int32, which tensors do not have.</summary>
static class TensorFile
{
    internal static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var entries = JsonDocument.Parse(file.AsMemory(8, header)).RootElement;
        var tensors = new Dictionary<string, Tensor>();
        foreach (var entry in entries.EnumerateObject())
        {
            if (entry.Name == "__metadata__") continue;
            var offsets = entry.Value.GetProperty("data_offsets");
            int start = 8 + header + offsets[0].GetInt32(), end = 8 + header + offsets[1].GetInt32();
            Shape shape = entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()).ToArray();
            tensors.Add(entry.Name, Convert(entry.Value.GetProperty("dtype").GetString()!, file.AsSpan(start, end - start), shape));
        }
        return tensors;
    }

    static Tensor Convert(string type, ReadOnlySpan<byte> bytes, Shape shape) => type switch
    {
        "F32" => Cast<float>(bytes, shape),
        "F64" => Cast<double>(bytes, shape),
        "F16" => Cast<Half>(bytes, shape),
        "BF16" => Cast<BFloat16>(bytes, shape),
        "I64" => Cast<long>(bytes, shape),
        "I32" => Cast<int>(bytes, shape),
        "I8" => Cast<sbyte>(bytes, shape),
        "U8" => Cast<byte>(bytes, shape),
        "BOOL" => Cast<bool>(bytes, shape),
        "I16" => Tensor.From<int>(Array.ConvertAll(MemoryMarshal.Cast<byte, short>(bytes).ToArray(), v => (int)v), shape),
        _ => throw new InvalidDataException($"The element type is {type}; expected F32, F64, F16, BF16, I64, I32, I16, I8, U8 or BOOL."),
    };

    static Tensor Cast<T>(ReadOnlySpan<byte> bytes, Shape shape) where T : unmanaged => Tensor.From(MemoryMarshal.Cast<byte, T>(bytes), shape);
}
