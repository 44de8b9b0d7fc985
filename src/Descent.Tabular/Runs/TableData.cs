using System.Security.Cryptography;

namespace Descent.Tabular;

/// <summary>A frame and where it came from.</summary>
public sealed class TableData
{
    TableData(Frame frame, string name, long bytes, string sha256) => (Frame, Name, Bytes, Sha256) = (frame, name, bytes, sha256);

    /// <summary>The rows and their columns.</summary>
    public Frame Frame { get; }

    /// <summary>The name of the file, without its folder.</summary>
    public string Name { get; }

    /// <summary>The length of the file.</summary>
    public long Bytes { get; }

    /// <summary>The SHA-256 of the file, in hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>Reads a file by its ending: JSON lines, XLSX, LibSVM, anything else CSV.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TableData Read(string path, ReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string hash;
        long bytes;
        using (var stream = File.OpenRead(path)) (hash, bytes) = (Convert.ToHexStringLower(SHA256.HashData(stream)), stream.Length);
        return new(Frame.Read(path, options), Path.GetFileName(path), bytes, hash);
    }

    /// <summary>A frame that is in memory; its bytes are those of the CSV file that it would be.</summary>
    public static TableData Of(Frame frame, string name)
    {
        ArgumentNullException.ThrowIfNull(frame);
        using var csv = new MemoryStream();
        frame.WriteCsv(csv);
        csv.Position = 0;
        return new(frame, name, csv.Length, Convert.ToHexStringLower(SHA256.HashData(csv)));
    }

    /// <summary>The made-up customers of <see cref="ChurnTable"/>.</summary>
    public static TableData Churn(int rows = 2000, ulong seed = 1) => Of(ChurnTable.Create(rows, seed), "churn");
}
