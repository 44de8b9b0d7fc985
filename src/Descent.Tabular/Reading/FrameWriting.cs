using System.Text.Json;
using Descent.Tensors.Formats;

namespace Descent.Tabular;

/// <summary>Frames to files, each written whole or not at all.</summary>
public static class FrameWriting
{
    extension(Frame frame)
    {
        /// <summary>Writes a CSV file with a header; missing values are empty cells.</summary>
        /// <exception cref="IOException">It cannot be written.</exception>
        public void WriteCsv(string path) => AtomicFile.Write(path, stream => frame.WriteCsv(stream));

        /// <summary>Writes CSV to a stream.</summary>
        /// <param name="stream">Where to.</param>
        /// <param name="header">Whether the names of the columns are written first; not where these rows follow others.</param>
        public void WriteCsv(Stream stream, bool header = true)
        {
            using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            if (header) writer.WriteLine(string.Join(',', frame.Columns.Select(c => Quoted(c.Name, c.Type))));
            for (int row = 0; row < frame.Rows; row++)
            {
                for (int i = 0; i < frame.Columns.Length; i++)
                {
                    if (i > 0) writer.Write(',');
                    if (frame.Columns[i].Format(row) is { } text) writer.Write(Quoted(text, frame.Columns[i].Type));
                    // A line that is empty is no row.
                    else if (frame.Columns.Length == 1) writer.Write("\"\"");
                }
                writer.WriteLine();
            }
        }

        /// <summary>Writes a file of JSON objects, one a row; missing values are null.</summary>
        /// <exception cref="IOException">It cannot be written.</exception>
        public void WriteJsonLines(string path) => AtomicFile.Write(path, frame.WriteJsonLines);

        /// <summary>Writes JSON lines to a stream.</summary>
        public void WriteJsonLines(Stream stream)
        {
            ArgumentNullException.ThrowIfNull(stream);
            using var json = new Utf8JsonWriter(stream, new() { SkipValidation = true });
            for (int row = 0; row < frame.Rows; row++)
            {
                json.WriteStartObject();
                foreach (var column in frame.Columns) Write(json, column, row);
                json.WriteEndObject();
                json.Flush();
                stream.WriteByte((byte)'\n');
                json.Reset();
            }
        }
    }

    static void Write(Utf8JsonWriter json, Column column, int row)
    {
        if (column.IsMissing(row)) json.WriteNull(column.Name);
        else if (column is FloatColumn numbers && double.IsFinite(numbers[row])) json.WriteNumber(column.Name, numbers[row]);
        else if (column is IntegerColumn integers) json.WriteNumber(column.Name, integers[row]);
        else if (column is BooleanColumn flags) json.WriteBoolean(column.Name, flags[row]);
        else json.WriteString(column.Name, column.Format(row));
    }

    static string Quoted(string text, ColumnType type) =>
        type is ColumnType.Text or ColumnType.Category && (text.Length == 0 || text.AsSpan().IndexOfAny(",\"\r\n") >= 0 || text[0] is ' ' or '\t' || text[^1] is ' ' or '\t')
        || text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
