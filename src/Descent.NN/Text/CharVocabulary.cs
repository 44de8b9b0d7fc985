using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Descent.NN;

/// <summary>The characters that a text is made of, by number, in the order of their code points.</summary>
public sealed class CharVocabulary
{
    readonly Rune[] _characters;
    readonly Dictionary<Rune, int> _numbers = [];

    /// <param name="characters">Each character once, in order.</param>
    /// <exception cref="ArgumentException">There is none, or one occurs twice.</exception>
    public CharVocabulary(string characters)
    {
        _characters = [.. characters.EnumerateRunes()];
        if (_characters.Length == 0) throw new ArgumentException("CharVocabulary: there are no characters.", nameof(characters));
        foreach (var c in _characters)
            if (!_numbers.TryAdd(c, _numbers.Count)) throw new ArgumentException($"CharVocabulary: the character {Name(c)} occurs twice.", nameof(characters));
    }

    /// <summary>The characters that occur in a text.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static CharVocabulary Of(string text) => new(string.Concat(text.EnumerateRunes().Distinct().Order()));

    /// <summary>How many there are.</summary>
    public int Count => _characters.Length;

    /// <summary>All of them, in order.</summary>
    public string Characters => string.Concat(_characters);

    /// <summary>The numbers of a text's characters.</summary>
    /// <exception cref="ArgumentException">A character is not in the vocabulary.</exception>
    public int[] Encode(string text)
    {
        var numbers = new List<int>(text.Length);
        foreach (var c in text.EnumerateRunes())
            numbers.Add(_numbers.TryGetValue(c, out int number) ? number : throw new ArgumentException(
                $"CharVocabulary: the character {Name(c)} is not among the {Count} known: {Characters.ReplaceLineEndings("\\n")}", nameof(text)));
        return [.. numbers];
    }

    /// <summary>The text that some numbers stand for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not below <see cref="Count"/>.</exception>
    public string Decode(IEnumerable<int> numbers)
    {
        var text = new StringBuilder();
        foreach (int number in numbers)
            text.Append((uint)number < (uint)Count ? _characters[number].ToString()
                : throw new ArgumentOutOfRangeException(nameof(numbers), number, $"CharVocabulary: there is no character {number}; there are {Count}."));
        return text.ToString();
    }

    /// <summary>Writes the vocabulary as JSON, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => RunFolder.Write(path, JsonSerializer.Serialize(new VocabularyFile { Characters = Characters }, VocabularyJson.Default.VocabularyFile));

    /// <summary>Reads a vocabulary that <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CharVocabulary Load(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllText(path), VocabularyJson.Default.VocabularyFile);
            if (file is not { Version: 1 }) throw new InvalidDataException($"{path}: the version is {file?.Version}; this program reads version 1.");
            return new(file.Characters);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is no vocabulary: {error.Message}", error);
        }
    }

    static string Name(Rune c) => $"'{c}' (U+{c.Value:X4})";
}

sealed record VocabularyFile
{
    public int Version { get; init; } = 1;
    public required string Characters { get; init; }
}

[JsonSerializable(typeof(VocabularyFile))]
sealed partial class VocabularyJson : JsonSerializerContext;
