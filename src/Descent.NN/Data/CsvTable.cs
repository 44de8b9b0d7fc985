using Descent.Tensors;

namespace Descent.NN;

/// <summary>A file of numbers in named columns, whole in memory.</summary>
public sealed class CsvTable
{
    readonly string _name;

    CsvTable(string name, string[] columns, Tensor values) => (_name, Columns, Values) = (name, columns, values);

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>All numbers, <c>(rows, columns)</c>, Float64; what is missing is NaN.</summary>
    public Tensor Values { get; }

    /// <summary>One column, <c>(rows)</c>.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public Tensor this[string column] => Values.Select(1, Find(column));

    /// <summary>Reads a file of numbers.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is not as the header says, or a field is no number; the message names it.</exception>
    public static CsvTable Read(string path, CsvOptions? options = null)
    {
        using var reader = new StreamReader(path);
        return Read(reader, path, options);
    }

    /// <summary>Reads text; <paramref name="name"/> is how messages call it.</summary>
    /// <inheritdoc cref="Read(string, CsvOptions?)"/>
    public static CsvTable Read(TextReader reader, string name, CsvOptions? options = null)
    {
        var rows = new CsvRows(reader, name, options ?? new());
        var values = new List<double>();
        var row = new double[rows.Columns.Length];
        while (rows.Read(row)) values.AddRange(row);
        return new(name, rows.Columns, Tensor.From<double>([.. values], [values.Count / row.Length, row.Length]));
    }

    /// <summary>A set that predicts one column from all others.</summary>
    /// <param name="target">The column.</param>
    /// <param name="classes">Whether it holds classes: the targets are then Int64 of shape <c>(rows)</c>, and else <c>(rows, 1)</c>.</param>
    /// <param name="dtype">Type of the inputs, and of targets that are no classes; Float32 if null.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="InvalidDataException">A class is no whole number of at least 0.</exception>
    public TensorDataset ToDataset(string target, bool classes = false, DType? dtype = null)
    {
        int column = Find(target), rest = Columns.Count - column - 1;
        var inputs = Tensor.Cat([Values.Narrow(1, 0, column), Values.Narrow(1, column + 1, rest)], 1).To(dtype ?? DType.Float32);
        var targets = Values.Narrow(1, column, 1);
        if (!classes) return new(inputs, targets.To(dtype ?? DType.Float32));
        var labels = targets.ToArray<double>();
        for (int i = 0; i < labels.Length; i++)
            if (!(labels[i] >= 0 && labels[i] <= int.MaxValue && labels[i] == Math.Floor(labels[i])))
                throw new InvalidDataException($"{_name}: row {i + 1}, column \"{target}\": {labels[i]} is no class; expected a whole number of at least 0.");
        return new(inputs, Tensor.From<long>(Array.ConvertAll(labels, l => (long)l)));
    }

    int Find(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
            if (Columns[i] == column) return i;
        throw new ArgumentException($"{_name}: \"{column}\" is not a column; the columns are: {string.Join(", ", Columns)}.", nameof(column));
    }
}

/// <summary>The rows of a file of numbers as a stream, for files larger than memory; each row is a tensor <c>(columns)</c>, Float32.</summary>
/// <param name="path">The file.</param>
/// <param name="options">How it is written.</param>
public sealed class CsvStream(string path, CsvOptions? options = null) : IIterableDataset<Tensor>
{
    /// <summary>The rows left out are not parsed.</summary>
    /// <exception cref="InvalidDataException">A line is not as the header says, or a field is no number; the message names it.</exception>
    /// <inheritdoc/>
    public IEnumerable<Tensor> Read(int epoch, long first = 0)
    {
        using var reader = new StreamReader(path);
        var rows = new CsvRows(reader, path, options ?? new());
        while (first > 0 && rows.Skip()) first--;
        var row = new double[rows.Columns.Length];
        while (rows.Read(row)) yield return Tensor.From<float>(Array.ConvertAll(row, v => (float)v));
    }
}
