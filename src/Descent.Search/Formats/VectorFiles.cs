using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Search;

/// <summary>
/// Vectors in files: .fvecs, .bvecs and .ivecs, where each vector stands behind its length; NumPy's .npy; .csv, .tsv and .txt of
/// numbers; .jsonl, an array of numbers on each line or an object of <c>"id"</c> and <c>"vector"</c>.
/// </summary>
/// <remarks>http://corpus-texmex.irisa.fr for the first three.</remarks>
public static class VectorFiles
{
    /// <summary>Reads vectors as a matrix of Float32, by the ending of the file's name.</summary>
    /// <returns><c>(vectors, dimension)</c>; <c>(0, 0)</c> of an empty file.</returns>
    /// <exception cref="InvalidDataException">The file is damaged; the message names the byte or the line.</exception>
    /// <exception cref="NotSupportedException">The name ends otherwise.</exception>
    public static Tensor Load(string path) => LoadWithIds(path).Vectors;

    /// <summary>Reads vectors, and the ids that they have in a file of text.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; the message names the byte or the line.</exception>
    /// <exception cref="NotSupportedException">The name ends otherwise.</exception>
    public static VectorSet LoadWithIds(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".FVECS" => new(Load<float>(path, static x => x), null),
            ".BVECS" => new(Load<byte>(path, static x => x), null),
            ".IVECS" => new(Load<int>(path, static x => x), null),
            ".NPY" => new(LoadNpy(path), null),
            ".CSV" or ".TSV" or ".TXT" => VectorCsv.Read(path),
            ".JSONL" or ".NDJSON" => VectorJson.Read(path),
            var other => throw new NotSupportedException(
                $"{path}: files that end in '{other}' are not read; expected .fvecs, .bvecs, .ivecs, .npy, .csv, .tsv, .txt, .jsonl or .ndjson."),
        };
    }

    /// <summary>Reads an .ivecs file, such as the numbers of true neighbours, without rounding.</summary>
    /// <returns>The vectors, all as long.</returns>
    /// <exception cref="InvalidDataException">The file is damaged; the message names the byte.</exception>
    public static int[][] LoadIntegers(string path)
    {
        var rows = new List<int[]>();
        Read<int>(path, (row, _) => rows.Add(row.ToArray()));
        return [.. rows];
    }

    /// <summary>Writes an .fvecs file from a matrix of Float32.</summary>
    /// <exception cref="ArgumentException">The tensor is no matrix of Float32.</exception>
    public static void SaveFloats(string path, Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Rank != 2 || vectors.DType != DType.Float32)
            throw new ArgumentException($"SaveFloats: the tensor is {vectors.DType} of shape {vectors.Shape}; expected Float32 (vectors, dimension).", nameof(vectors));
        AtomicFile.Write(path, file =>
        {
            var writer = new IndexWriter(file);
            int width = vectors.Shape[1];
            float[] all = vectors.ToArray<float>();
            for (int i = 0; i < vectors.Shape[0]; i++)
            {
                writer.Int32(width);
                writer.Singles(all.AsSpan(i * width, width));
            }
        });
    }

    /// <summary>Writes an .ivecs file, such as the numbers of neighbours.</summary>
    public static void SaveIntegers(string path, IEnumerable<int[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        AtomicFile.Write(path, file =>
        {
            var writer = new IndexWriter(file);
            foreach (int[] row in rows)
            {
                writer.Int32(row.Length);
                writer.Int32s(row);
            }
        });
    }

    static Tensor LoadNpy(string path)
    {
        var x = Npy.Load(path);
        return x.Rank == 2 ? x.To(DType.Float32) : throw new InvalidDataException($"{path}: byte 0: the array has shape {x.Shape}; expected (vectors, dimension).");
    }

    static Tensor Load<T>(string path, Func<T, float> convert) where T : unmanaged
    {
        Tensor? all = null;
        Read<T>(path, (row, count) =>
        {
            all ??= Tensor.Empty([count.Rows, row.Length], DType.Float32);
            var to = all.AsSpan<float>().Slice(count.Row * row.Length, row.Length);
            for (int i = 0; i < row.Length; i++) to[i] = convert(row[i]);
        });
        return all ?? Tensor.Empty([0, 0], DType.Float32);
    }

    static unsafe void Read<T>(string path, RowAction<T> take) where T : unmanaged
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        if (file.Length == 0) return;
        var reader = new IndexReader(file, path);
        int width = reader.Int32(1, VectorIndex.MostDimensions, "the length of a vector");
        long bytes = sizeof(int) + (long)width * sizeof(T);
        if (file.Length % bytes != 0 || file.Length / bytes * width > int.MaxValue)
            throw reader.Damage($"vectors of {width} elements take {bytes} bytes each; the file has {file.Length}, expected a multiple, of at most {int.MaxValue} elements.");
        int rows = (int)(file.Length / bytes);
        T[] row = new T[width];
        for (int i = 0; i < rows; i++)
        {
            if (i > 0) reader.Int32(width, width, "the length of a vector");
            reader.Bytes(MemoryMarshal.AsBytes(row.AsSpan()));
            if (!BitConverter.IsLittleEndian && sizeof(T) == sizeof(int))
            {
                var words = MemoryMarshal.Cast<T, int>(row.AsSpan());
                BinaryPrimitives.ReverseEndianness(words, words);
            }
            take(row, (i, rows));
        }
    }

    delegate void RowAction<T>(ReadOnlySpan<T> row, (int Row, int Rows) count);
}
