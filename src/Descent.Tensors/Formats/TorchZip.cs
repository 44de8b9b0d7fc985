namespace Descent.Tensors.Formats;

/// <summary>The zip format: <c>data.pkl</c>, one entry <c>data/key</c> to a storage, <c>byteorder</c>, all in one folder.</summary>
static class TorchZip
{
    const string Pickle = "data.pkl";

    /// <summary>Writes what <see cref="Read"/> reads, with everything in the folder that <c>torch.save</c> gives a stream.</summary>
    internal static void Write(Stream stream, object? value)
    {
        const string folder = "archive/";
        var storages = new TorchStorages();
        var pickle = new PickleWriter(storages).Write(value);
        var zip = new StoredZip(stream);
        zip.Add(folder + Pickle, pickle);
        zip.Add(folder + "byteorder", "little"u8.ToArray());
        for (int key = 0; key < storages.All.Count; key++)
        {
            var elements = storages.All[key];
            zip.Add(FormattableString.Invariant($"{folder}data/{key}"), (long)elements.Elements * elements.DType.Size, to => ElementStream.Write(elements, to));
        }
        zip.Add(folder + "version", "3\n"u8.ToArray());
        zip.Finish();
    }

    internal static object? Read(Stream stream, string file)
    {
        using var zip = new ZipParts(stream, file);
        var pickle = zip.Entries.FirstOrDefault(e => e.FullName == Pickle || e.FullName.EndsWith("/" + Pickle, StringComparison.Ordinal))
            ?? throw Damage.At(file, 0, $"the zip file has no {Pickle}. Expected what torch.save writes.");
        string folder = pickle.FullName[..^Pickle.Length];
        var objects = new TorchObjects(file, long.MaxValue, key => zip.Find($"{folder}data/{key}") is { } entry ? zip.CheckedLength(entry) : -1);
        string name = $"{file}: {Damage.Quote(pickle.FullName)}";
        object? root = new PickleReader(name, zip.Read(pickle, ReadBytes), 0, objects).Read(0);

        bool isBigEndian = zip.Find(folder + "byteorder") is { } order && zip.Read(order, ReadBytes).AsSpan().SequenceEqual("big"u8);
        foreach (var storage in objects.Storages.Values)
        {
            // Present, or its length would not have been right.
            zip.Read(zip.Find($"{folder}data/{storage.Key}")!, (from, _, entry) =>
            {
                ElementStream.Read(storage.Elements, from, storage.Type ?? StoredType.UInt8, isBigEndian, entry, 0);
                return true;
            });
        }
        return root;
    }

    static byte[] ReadBytes(Stream stream, long length, string entry)
    {
        if (length > Array.MaxLength) throw Damage.At(entry, 0, $"the entry has {length} bytes. Expected at most {Array.MaxLength}.");
        var bytes = new byte[length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : throw Damage.At(entry, read, "the entry is cut off.");
    }
}
