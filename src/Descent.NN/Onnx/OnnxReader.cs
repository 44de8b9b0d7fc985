using Descent.Tensors;

namespace Descent.NN;

/// <summary>Graphs from ONNX files, which may come from strangers: every count and length is checked against the bytes that are there.</summary>
static class OnnxReader
{
    const int MaxRank = 64;

    internal static OnnxGraph Read(ReadOnlySpan<byte> file)
    {
        var model = new ProtobufReader(file);
        OnnxGraph? graph = null;
        long? opset = null;
        while (model.Next())
        {
            if (model.Field == 7) graph = Graph(model.Message());
            else if (model.Field == 8)
            {
                var set = model.Message();
                string domain = "";
                long version = 0;
                while (set.Next())
                {
                    if (set.Field == 1) domain = set.String();
                    else if (set.Field == 2) version = set.Varint();
                    else set.Skip();
                }
                if (domain is "" or "ai.onnx") opset = version;
            }
            else model.Skip();
        }
        if (graph is null) throw new InvalidDataException("There is no graph in the file. Expected an ONNX model.");
        if (opset is not (>= 7 and <= 24)) throw new InvalidDataException($"The file is written in operator set {(opset is null ? "(none)" : opset.ToString())}. Expected 7 to 24.");
        return graph with { Opset = (int)opset };
    }

    static OnnxGraph Graph(ProtobufReader from)
    {
        var nodes = new List<OnnxNode>();
        var initializers = new OrderedDictionary<string, Tensor>();
        var (inputs, outputs) = (new List<OnnxValue>(), new List<OnnxValue>());
        while (from.Next())
            switch (from.Field)
            {
                case 1: nodes.Add(Node(from.Message())); break;
                case 5:
                    long at = from.Position;
                    var (name, x) = Tensor(from.Message());
                    if (!initializers.TryAdd(name, x)) throw new InvalidDataException($"Byte {at}: two initializers are called {Quoted(name)}.");
                    break;
                case 11: inputs.Add(Value(from.Message())); break;
                case 12: outputs.Add(Value(from.Message())); break;
                case 15: throw new InvalidDataException($"Byte {from.Position}: the graph has sparse initializers, which are not supported.");
                default: from.Skip(); break;
            }
        return new(0, nodes, initializers, inputs, outputs);
    }

    static OnnxNode Node(ProtobufReader from)
    {
        List<string> inputs = [], outputs = [];
        string operation = "", domain = "";
        var attributes = new Dictionary<string, object>();
        while (from.Next())
            switch (from.Field)
            {
                case 1: inputs.Add(from.String()); break;
                case 2: outputs.Add(from.String()); break;
                case 4: operation = from.String(); break;
                case 5:
                    var (name, value) = Attribute(from.Message());
                    attributes[name] = value;
                    break;
                case 7: domain = from.String(); break;
                default: from.Skip(); break;
            }
        return new(operation, inputs, outputs, attributes, domain == "ai.onnx" ? "" : domain);
    }

    /// <summary>An attribute by its fields; of a graph only that there is one.</summary>
    static (string, object) Attribute(ProtobufReader from)
    {
        string name = "";
        object? value = null;
        long type = 0;
        List<float> floats = [];
        List<long> integers = [];
        List<string> texts = [];
        while (from.Next())
            switch (from.Field)
            {
                case 1: name = from.String(); break;
                case 2: value = from.Float(); break;
                case 3: value = from.Varint(); break;
                case 4: value = Lenient(from.Bytes()); break;
                case 5: value = Tensor(from.Message()).Value; break;
                case 6: value = s_graph; from.Skip(); break;
                case 7: from.Floats(floats); break;
                case 8: from.Varints(integers); break;
                case 9: texts.Add(from.String()); break;
                case 20: type = from.Varint(); break;
                default: from.Skip(); break;
            }
        return (name, type switch
        {
            6 => floats.ToArray(),
            7 => integers.ToArray(),
            8 => texts.ToArray(),
            _ => value ?? (floats.Count > 0 ? floats.ToArray() : integers.Count > 0 ? integers.ToArray() : texts.ToArray()),
        });
    }

    static readonly object s_graph = new();

    /// <summary>Strings of attributes are bytes, which need not be text.</summary>
    static string Lenient(ReadOnlySpan<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    static (string Name, Tensor Value) Tensor(ProtobufReader from)
    {
        long at = from.Position;
        string name = "";
        long type = 0, location = 0;
        List<long> dims = [], integers = [];
        List<float> floats = [];
        List<double> doubles = [];
        ReadOnlySpan<byte> raw = default;
        bool isRaw = false;
        while (from.Next())
            switch (from.Field)
            {
                case 1: from.Varints(dims); break;
                case 2: type = from.Varint(); break;
                case 4: from.Floats(floats); break;
                case 5 or 7 or 11: from.Varints(integers); break;
                case 8: name = from.String(); break;
                case 9: raw = from.Bytes(); isRaw = true; break;
                case 10: from.Doubles(doubles); break;
                case 14: location = from.Varint(); break;
                default: from.Skip(); break;
            }
        if (location != 0) throw Damaged("its elements are in another file, which is not supported. Save the model as one file");
        if (OnnxTypes.Find(type) is not { } dtype) throw Damaged($"its element type is {type}, which tensors do not have");
        if (dims.Count > MaxRank) throw Damaged($"it has {dims.Count} dimensions");
        long count = 1;
        foreach (long dim in dims)
        {
            if (dim is < 0 or > int.MaxValue) throw Damaged($"a size is {dim}");
            count *= dim;
            if (count > int.MaxValue) throw Damaged($"it has more than {int.MaxValue} elements");
        }
        long given = isRaw ? raw.Length / dtype.Size : dtype == DType.Float32 ? floats.Count : dtype == DType.Float64 ? doubles.Count : integers.Count;
        if (given != count || (isRaw && raw.Length % dtype.Size != 0)) throw Damaged($"it has {count} elements, but holds {given}");
        Shape shape = [.. dims.Select(d => (int)d)];
        if (isRaw)
        {
            if (dtype == DType.Bool && raw.ContainsAnyExceptInRange((byte)0, (byte)1)) throw Damaged("a bool is neither 0 nor 1");
            return (name, OnnxTypes.Read(raw, shape, dtype));
        }
        return (name, dtype switch
        {
            DType.Float32 => Descent.Tensors.Tensor.From<float>(floats.ToArray(), shape),
            DType.Float64 => Descent.Tensors.Tensor.From<double>(doubles.ToArray(), shape),
            // Halves are stored as the integers of their bits.
            DType.Float16 => Descent.Tensors.Tensor.From<Half>(integers.ConvertAll(n => BitConverter.UInt16BitsToHalf((ushort)n)).ToArray(), shape),
            DType.BFloat16 => Descent.Tensors.Tensor.From<float>(integers.ConvertAll(n => BitConverter.UInt32BitsToSingle((uint)n << 16)).ToArray(), shape).To(DType.BFloat16),
            _ => Descent.Tensors.Tensor.From<long>(integers.ToArray(), shape).To(dtype),
        });

        InvalidDataException Damaged(string what) => new($"Byte {at}: tensor {Quoted(name)}: {what}.");
    }

    static OnnxValue Value(ProtobufReader from)
    {
        string name = "";
        long type = 0;
        List<object>? sizes = null;
        while (from.Next())
        {
            if (from.Field == 1) name = from.String();
            else if (from.Field == 2)
            {
                var kind = from.Message();
                while (kind.Next())
                {
                    if (kind.Field != 1)
                    {
                        kind.Skip();
                        continue;
                    }
                    var tensor = kind.Message();
                    while (tensor.Next())
                    {
                        if (tensor.Field == 1) type = tensor.Varint();
                        else if (tensor.Field == 2) sizes = Sizes(tensor.Message());
                        else tensor.Skip();
                    }
                }
            }
            else from.Skip();
        }
        return new(name, OnnxTypes.Find(type), sizes);
    }

    static List<object> Sizes(ProtobufReader from)
    {
        var sizes = new List<object>();
        while (from.Next())
        {
            if (from.Field != 1)
            {
                from.Skip();
                continue;
            }
            var dim = from.Message();
            object size = "?";
            while (dim.Next())
            {
                if (dim.Field == 1)
                {
                    long n = dim.Varint();
                    size = n is >= 0 and <= int.MaxValue ? (int)n : throw new InvalidDataException($"Byte {dim.Position}: a size is {n}.");
                }
                else if (dim.Field == 2) size = dim.String();
                else dim.Skip();
            }
            sizes.Add(size);
        }
        return sizes;
    }

    internal static string Quoted(string name) => '"' + (name.Length > 80 ? name[..80] + "…" : name) + '"';
}
