namespace Descent.Tabular;

/// <summary>Frames from files. Each reader finds out types, says what it decided in <see cref="Frame.Report"/>, and leaves bad rows out.</summary>
public static class FrameReading
{
    extension(Frame)
    {
        /// <summary>Reads a CSV file, finding out its encoding, delimiter, quote, decimal comma, header and types.</summary>
        /// <exception cref="InvalidDataException">It is empty, no text, mostly bad rows, or has a row longer than allowed.</exception>
        /// <exception cref="IOException">It cannot be opened.</exception>
        public static Frame ReadCsv(string path, ReadOptions? options = null) => Csv(path, options ?? new()).ReadAll();

        /// <summary>Reads CSV from a stream.</summary>
        /// <exception cref="InvalidDataException">As for a file.</exception>
        public static Frame ReadCsv(Stream stream, ReadOptions? options = null) => Csv(Again(stream), "CSV", options ?? new()).ReadAll();

        /// <summary>Reads a CSV file in frames of a few rows, so that it may be larger than memory. It is read twice: for the types, then for the values.</summary>
        /// <param name="path">The file.</param>
        /// <param name="rows">Rows of each frame but the last. A level of a category has one number in all of them.</param>
        /// <param name="options">How it is read.</param>
        /// <exception cref="InvalidDataException">As for a whole file.</exception>
        public static IEnumerable<Frame> StreamCsv(string path, int rows = 100_000, ReadOptions? options = null) =>
            Csv(path, options ?? new()).ReadBatches(Check.AtLeast(1, rows));

        /// <summary>Reads a file of JSON objects, one a line; what is nested becomes columns like <c>address.city</c>, an array its text.</summary>
        /// <exception cref="InvalidDataException">It is empty, or most lines are no objects.</exception>
        public static Frame ReadJsonLines(string path, ReadOptions? options = null) => JsonLines(() => Open(path), path, options ?? new()).ReadAll();

        /// <summary>Reads JSON lines from a stream.</summary>
        /// <exception cref="InvalidDataException">As for a file.</exception>
        public static Frame ReadJsonLines(Stream stream, ReadOptions? options = null) => JsonLines(Again(stream), "JSON lines", options ?? new()).ReadAll();

        /// <summary>Reads JSON lines in frames of a few rows.</summary>
        /// <exception cref="InvalidDataException">As for a whole file.</exception>
        public static IEnumerable<Frame> StreamJsonLines(string path, int rows = 100_000, ReadOptions? options = null) =>
            JsonLines(() => Open(path), path, options ?? new()).ReadBatches(Check.AtLeast(1, rows));

        /// <summary>Reads a sheet of an XLSX workbook.</summary>
        /// <exception cref="InvalidDataException">It is no workbook, or has no such sheet.</exception>
        public static Frame ReadXlsx(string path, ReadOptions? options = null) => Xlsx(() => Open(path), path, options ?? new()).ReadAll();

        /// <summary>Reads a sheet of an XLSX workbook from a stream.</summary>
        /// <exception cref="InvalidDataException">It is no workbook, or has no such sheet.</exception>
        public static Frame ReadXlsx(Stream stream, ReadOptions? options = null) => Xlsx(Whole(stream), "XLSX", options ?? new()).ReadAll();

        /// <summary>Reads a file by its ending: <c>.jsonl</c> and <c>.ndjson</c>, <c>.xlsx</c>, <c>.svm</c> and <c>.libsvm</c>, anything else as CSV.</summary>
        /// <exception cref="InvalidDataException">It is no such file.</exception>
        /// <exception cref="IOException">It cannot be opened.</exception>
        public static Frame Read(string path, ReadOptions? options = null) => Path.GetExtension(path)?.ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" => Frame.ReadJsonLines(path, options),
            ".xlsx" => Frame.ReadXlsx(path, options),
            ".svm" or ".libsvm" => Frame.ReadLibSvm(path),
            _ => Frame.ReadCsv(path, options),
        };

        /// <summary>Reads LibSVM's <c>label index:value …</c>: the column <c>label</c>, <c>qid</c> where it occurs, and <c>f0</c>, <c>f1</c>, …; what is not named is 0.</summary>
        /// <exception cref="InvalidDataException">A line is not of that form, or the table would not fit into memory.</exception>
        public static Frame ReadLibSvm(string path)
        {
            using var stream = Open(path);
            return LibSvm.Read(stream, path);
        }

        /// <summary>Reads LibSVM from a stream.</summary>
        /// <exception cref="InvalidDataException">As for a file.</exception>
        public static Frame ReadLibSvm(Stream stream) => LibSvm.Read(stream, "LibSVM");
    }

    static TableReader Csv(string path, ReadOptions options) => Csv(() => Open(path), path, options);

    static TableReader Csv(Func<Stream> open, string file, ReadOptions options)
    {
        CsvDialect dialect;
        using (var sample = open()) dialect = CsvDialect.Find(sample, options, file);
        return new(file, options, new() { Format = dialect.Describe() }, report => new CsvSource(open(), file, dialect, options, report));
    }

    static TableReader JsonLines(Func<Stream> open, string file, ReadOptions options)
    {
        var names = JsonLinesSource.FindNames(open, file, options);
        return new(file, options, new() { Format = "JSON lines" }, report => new JsonLinesSource(open(), file, names, options, report));
    }

    static TableReader Xlsx(Func<Stream> open, string file, ReadOptions options) =>
        new(file, options, new() { Format = "XLSX" }, report => new XlsxSource(open(), file, options, report));

    static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);

    static Func<Stream> Again(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new StreamSpool(stream).Open;
    }

    /// <summary>What is left of a stream, in memory: the reader of workbooks goes to and fro in it.</summary>
    static Func<Stream> Whole(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        byte[] bytes = memory.ToArray();
        return () => new MemoryStream(bytes, writable: false);
    }
}
