using System.Text;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Text to learn from: files, or sums written in words where there are none.</summary>
public static class TextCorpus
{
    /// <summary>A UTF-8 text file, or all <c>*.txt</c> files of a folder one after another.</summary>
    /// <exception cref="IOException">There is no such file or folder, or no text in it.</exception>
    /// <exception cref="InvalidDataException">A file is not UTF-8.</exception>
    public static string Read(string path)
    {
        string[] files = Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.txt").Order(StringComparer.Ordinal)]
            : File.Exists(path) ? [path] : throw new FileNotFoundException($"{path} does not exist. Expected a text file, or a folder of *.txt files.");
        if (files.Length == 0) throw new FileNotFoundException($"{path} has no *.txt files.");
        string text = string.Concat(files.Select(ReadFile));
        return text.Length > 0 ? text : throw new InvalidDataException($"{path} is empty.");
    }

    static string ReadFile(string file)
    {
        var bytes = File.ReadAllBytes(file);
        ReadOnlySpan<byte> content = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException($"{file} is not UTF-8: byte {error.Index + bytes.Length - content.Length} cannot be read. Convert it to UTF-8.", error);
        }
    }

    static readonly string[] s_units =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    static readonly string[] s_tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>Sentences such as <c>Seven and five make twelve.</c>, drawn at random: something to learn that needs no file.</summary>
    /// <param name="sentences">How many.</param>
    /// <param name="seed">Decides which.</param>
    public static string Sums(int sentences, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sentences, 1);
        var generator = new Generator(seed);
        var text = new StringBuilder();
        for (int i = 0; i < sentences; i++)
        {
            int a = (int)generator.NextInt64(0, 50), b = (int)generator.NextInt64(0, 50);
            string sentence = generator.NextInt64(0, 3) switch
            {
                0 => $"{Words(a)} and {Words(b)} make {Words(a + b)}.",
                1 => $"take {Words(Math.Min(a, b))} from {Words(Math.Max(a, b))}, and {Words(Math.Abs(a - b))} is left.",
                _ => $"after {Words(a)} comes {Words(a + 1)}.",
            };
            text.Append(char.ToUpperInvariant(sentence[0])).Append(sentence.AsSpan(1)).Append(i % 8 == 7 ? '\n' : ' ');
        }
        return text.ToString();
    }

    static string Words(int n) => n < 20 ? s_units[n] : n % 10 == 0 ? s_tens[n / 10] : $"{s_tens[n / 10]}-{s_units[n % 10]}";
}
