using System.IO.Compression;

namespace Descent.Tensors.Formats;

/// <summary>Named arrays in NumPy's .npz format: a zip file of .npy files.</summary>
public static class Npz
{
    const string Extension = ".npy";

    /// <summary>All arrays by name, in the order of the file, stored or compressed; each is read as by <see cref="Npy.Load(string)"/>.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or holds what tensors do not; the message names the entry and the byte in it.</exception>
    public static OrderedDictionary<string, Tensor> Load(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(file, path);
    }

    /// <summary>All arrays of a file in memory.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or holds what tensors do not; the message names the entry and the byte in it.</exception>
    public static OrderedDictionary<string, Tensor> Load(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var stream = new MemoryStream(file, writable: false);
        return Read(stream, "npz");
    }

    /// <summary>Writes a file; what was there before stays whole until the new one is on the disk.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="tensors">Different names.</param>
    /// <param name="isCompressed">Whether to deflate, as <c>numpy.savez_compressed</c> does.</param>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    /// <exception cref="NotSupportedException">The elements of a tensor are BFloat16.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool isCompressed = false)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        AtomicFile.Write(path, file => Save(file, tensors, isCompressed));
    }

    /// <summary>Writes to a stream what <see cref="Load(string)"/> reads.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    /// <exception cref="NotSupportedException">The elements of a tensor are BFloat16.</exception>
    public static void Save(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool isCompressed = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        var names = new HashSet<string>();
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, tensor) in tensors)
        {
            if (!names.Add(name)) throw new ArgumentException($"Npz.Save: the name \"{name}\" occurs twice. Expected different names.", nameof(tensors));
            using var entry = zip.CreateEntry(name + Extension, isCompressed ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
            Npy.Save(entry, tensor);
        }
    }

    static OrderedDictionary<string, Tensor> Read(Stream stream, string file)
    {
        using var zip = new ZipParts(stream, file);
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var entry in zip.Entries)
        {
            string name = entry.FullName.EndsWith(Extension, StringComparison.Ordinal) ? entry.FullName[..^Extension.Length] : entry.FullName;
            if (!tensors.TryAdd(name, zip.Read(entry, Npy.Read))) throw Damage.At(file, 0, $"the array {Damage.Quote(name)} occurs twice.");
        }
        return tensors;
    }
}
