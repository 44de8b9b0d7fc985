using System.Text;

namespace Descent.Tensors;

/// <summary>
/// Tensors as text in PyTorch's form: nested brackets, columns of one width, long dimensions elided to their ends, and
/// behind the numbers what they do not show.
/// </summary>
static class TensorPrinter
{
    const int LineWidth = 80;

    /// <summary>More elements than this are elided.</summary>
    const int Threshold = 1000;

    /// <summary>Entries kept at each end of an elided dimension.</summary>
    const int Edge = 3;

    const string Prefix = "tensor(";

    internal static string Print(Tensor x)
    {
        using var mode = Autograd.NoGrad();
        var text = new StringBuilder(Prefix);
        var notes = new List<string>();
        if (x.Elements == 0)
        {
            text.Append("[]");
            if (x.Rank != 1) notes.Add($"size={x.Shape}");
            if (x.DType != Tensor.DefaultDType) notes.Add($"dtype={x.DType}");
        }
        else
        {
            bool elides = x.Elements > Threshold;
            var shown = x.Detach();
            for (int dim = 0; elides && dim < x.Rank; dim++)
                if (x.Shape[dim] > 2 * Edge)
                    shown = Tensor.Cat([shown.Narrow(dim, 0, Edge), shown.Narrow(dim, x.Shape[dim] - Edge, Edge)], dim);
            var values = ElementFormat.Texts(shown, out int width);
            int next = 0;
            Append(text, values, ref next, x.Shape.AsSpan(), elides, width, Prefix.Length);
            if (x.DType != Tensor.DefaultDType && x.DType is not (DType.Int64 or DType.Bool)) notes.Add($"dtype={x.DType}");
        }
        if (x.Node is { } node) notes.Add($"grad_fn=<{node.Name}>");
        else if (x.RequiresGrad) notes.Add("requires_grad=True");
        return Annotate(text, notes);
    }

    /// <summary>The elements of the dimensions given, in brackets; the cursor stands behind them afterwards.</summary>
    static void Append(StringBuilder text, string[] values, ref int next, ReadOnlySpan<int> dims, bool elides, int width, int indent)
    {
        if (dims.IsEmpty)
        {
            text.Append(values[next++].PadLeft(width));
            return;
        }
        bool elided = elides && dims[0] > 2 * Edge;
        int count = elided ? 2 * Edge + 1 : dims[0], perLine = Math.Max(1, (LineWidth - indent) / (width + 2));
        text.Append('[');
        for (int i = 0; i < count; i++)
        {
            bool gap = elided && i == Edge;
            if (dims.Length > 1)
            {
                if (i > 0) text.Append(',').Append('\n', dims.Length - 1).Append(' ', indent + 1);
                if (gap) text.Append("...");
                else Append(text, values, ref next, dims[1..], elides, width, indent + 1);
            }
            else
            {
                if (i > 0 && i % perLine == 0) text.Append(",\n").Append(' ', indent + 1);
                else if (i > 0) text.Append(", ");
                text.Append(gap ? " ..." : values[next++].PadLeft(width));
            }
        }
        text.Append(']');
    }

    static string Annotate(StringBuilder text, List<string> notes)
    {
        int column = text.Length - (text.ToString().LastIndexOf('\n') + 1) + 2;
        foreach (string note in notes)
        {
            if (column + note.Length + 2 > LineWidth)
            {
                text.Append(",\n").Append(' ', Prefix.Length).Append(note);
                column = Prefix.Length + note.Length;
            }
            else
            {
                text.Append(", ").Append(note);
                column += note.Length + 2;
            }
        }
        return text.Append(')').ToString();
    }
}
