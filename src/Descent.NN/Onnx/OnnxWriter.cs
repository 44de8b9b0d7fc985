using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>Graphs as ONNX files: the messages ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto and ValueInfoProto.</summary>
/// <remarks>https://github.com/onnx/onnx/blob/main/onnx/onnx.proto</remarks>
static class OnnxWriter
{
    const int IrVersion = 8;

    /// <summary>The operator set of domains other than ONNX's own: that of ai.onnx.ml in ONNX 1.10.</summary>
    const int DomainVersion = 3;

    internal static void Write(string path, OnnxGraph graph)
    {
        var start = new ProtobufWriter();
        foreach (var node in graph.Nodes) start.Message(1, to => Node(to, node));
        start.String(2, "descent");
        var end = new ProtobufWriter();
        foreach (var value in graph.Inputs) end.Message(11, to => Value(to, value));
        foreach (var value in graph.Outputs) end.Message(12, to => Value(to, value));

        // The tensors go from their memory to the file, so lengths are told before bytes.
        var tensors = graph.Initializers.Select(t => (Header: Initializer(t.Key, t.Value), t.Value)).ToArray();
        long length = start.Written.Length + end.Written.Length + tensors.Sum(t => t.Header.Length + (long)t.Value.Elements * t.Value.DType.Size);
        if (length > int.MaxValue - (1 << 16))
            throw new NotSupportedException($"Onnx.Export: the file would have {length} bytes. Files of ONNX end at 2 GiB.");
        var model = new ProtobufWriter();
        model.Varint(1, IrVersion);
        model.String(2, "descent");
        model.Message(8, to =>
        {
            to.String(1, "");
            to.Varint(2, graph.Opset);
        });
        foreach (string domain in graph.Nodes.Select(n => n.Domain).Where(d => d.Length > 0).Distinct())
        {
            model.Message(8, to =>
            {
                to.String(1, domain);
                to.Varint(2, DomainVersion);
            });
        }
        foreach (var (key, value) in graph.Metadata)
        {
            model.Message(14, to =>
            {
                to.String(1, key);
                to.String(2, value);
            });
        }
        model.Begin(7, length);
        AtomicFile.Write(path, file =>
        {
            file.Write(model.Written);
            file.Write(start.Written);
            foreach (var (header, x) in tensors)
            {
                file.Write(header);
                file.Write(OnnxTypes.Bytes(x));
            }
            file.Write(end.Written);
        });
    }

    /// <summary>Everything of an initializer but the elements, which come last.</summary>
    static byte[] Initializer(string name, Tensor x)
    {
        long bytes = (long)x.Elements * x.DType.Size;
        var tensor = new ProtobufWriter();
        Header(tensor, x);
        tensor.String(8, name);
        tensor.Begin(9, bytes);
        var field = new ProtobufWriter();
        field.Begin(5, tensor.Written.Length + bytes);
        return [.. field.Written, .. tensor.Written];
    }

    static void Header(ProtobufWriter to, Tensor x)
    {
        foreach (int size in x.Shape) to.Varint(1, size);
        to.Varint(2, OnnxTypes.Number(x.DType));
    }

    static void Node(ProtobufWriter to, OnnxNode node)
    {
        foreach (string input in node.Inputs) to.String(1, input);
        foreach (string output in node.Outputs) to.String(2, output);
        to.String(3, node.Outputs[0]);
        to.String(4, node.Operator);
        foreach (var (name, value) in node.Attributes) to.Message(5, attribute => Attribute(attribute, name, value));
        if (node.Domain.Length > 0) to.String(7, node.Domain);
    }

    static void Attribute(ProtobufWriter to, string name, object value)
    {
        to.String(1, name);
        int type;
        switch (value)
        {
            case float f: to.Float(2, f); type = 1; break;
            case long i: to.Varint(3, i); type = 2; break;
            case string s: to.String(4, s); type = 3; break;
            case Tensor x:
                to.Message(5, tensor =>
                {
                    Header(tensor, x);
                    tensor.Bytes(9, OnnxTypes.Bytes(x));
                });
                type = 4;
                break;
            case float[] floats:
                foreach (float f in floats) to.Float(7, f);
                type = 6;
                break;
            case long[] integers:
                foreach (long i in integers) to.Varint(8, i);
                type = 7;
                break;
            case string[] texts:
                foreach (string s in texts) to.String(9, s);
                type = 8;
                break;
            default: throw new ArgumentException($"An attribute of ONNX cannot be a {value.GetType()}.");
        }
        to.Varint(20, type);
    }

    static void Value(ProtobufWriter to, OnnxValue value)
    {
        to.String(1, value.Name);
        to.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Varint(1, OnnxTypes.Number(value.Type!.Value));
            tensor.Message(2, shape =>
            {
                foreach (object size in value.Sizes!)
                    shape.Message(1, dim =>
                    {
                        if (size is string name) dim.String(2, name);
                        else dim.Varint(1, (int)size);
                    });
            });
        }));
    }
}
