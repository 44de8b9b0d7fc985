using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Descent.Tabular;

/// <summary>What a text is taken apart into.</summary>
public enum TokenKind
{
    /// <summary>Words of two letters or digits and more.</summary>
    Words,

    /// <summary>Characters, across words.</summary>
    Characters,

    /// <summary>Characters within words, each word with a blank before and after it.</summary>
    CharactersInWords,
}

/// <summary>How a text becomes a list of tokens: as scikit-learn's vectorizers have it.</summary>
public sealed record TextTokens
{
    /// <summary>What it is taken apart into.</summary>
    public TokenKind Kind { get; init; }

    /// <summary>The fewest neighbouring words or characters of a token.</summary>
    public int Least { get; init => field = Check.AtLeast(1, value); } = 1;

    /// <summary>The most neighbouring words or characters of a token.</summary>
    public int Most { get; init => field = Check.Within(1, 100, value); } = 1;

    /// <summary>Whether capitals count as small letters.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Words that are left out.</summary>
    public ImmutableArray<string> StopWords { get; init; } = [];

    /// <summary>The tokens of a text.</summary>
    /// <exception cref="ArgumentException"><see cref="Most"/> is less than <see cref="Least"/>.</exception>
    public IEnumerable<string> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Most < Least) throw new ArgumentException($"TextTokens: from {Least} to {Most} neighbours; expected the lesser number first.");
        if (Lowercase) text = text.ToLowerInvariant();
        return Kind switch
        {
            TokenKind.Words => WordGrams([.. Words(text).Where(w => !StopWords.Contains(w))]),
            TokenKind.Characters => Characters(OneBlank(text)),
            _ => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SelectMany(WithinWord),
        };
    }

    IEnumerable<string> WordGrams(string[] words)
    {
        for (int n = Least; n <= Math.Min(Most, words.Length); n++)
            for (int i = 0; i + n <= words.Length; i++)
                yield return n == 1 ? words[i] : string.Join(' ', words, i, n);
    }

    IEnumerable<string> Characters(string text)
    {
        int[] starts = Starts(text);
        for (int n = Least; n <= Math.Min(Most, starts.Length - 1); n++)
            for (int i = 0; i + n < starts.Length; i++)
                yield return text[starts[i]..starts[i + n]];
    }

    IEnumerable<string> WithinWord(string word)
    {
        string padded = $" {word} ";
        int[] starts = Starts(padded);
        for (int n = Least; n <= Most; n++)
        {
            // A word that is too short counts once, whole.
            if (n >= starts.Length - 1)
            {
                yield return padded;
                break;
            }
            for (int i = 0; i + n < starts.Length; i++) yield return padded[starts[i]..starts[i + n]];
        }
    }

    /// <summary>Where characters begin, those outside the basic plane being two units long, and the end.</summary>
    static int[] Starts(string text)
    {
        var starts = new List<int>(text.Length + 1);
        for (int i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1) starts.Add(i);
        starts.Add(text.Length);
        return [.. starts];
    }

    static string OneBlank(string text)
    {
        var shorter = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int end = i;
            while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
            if (end - i > 1) shorter.Append(' ');
            else if (end > i || i < text.Length) shorter.Append(text[i]);
            i = Math.Max(end, i + 1);
        }
        return shorter.ToString();
    }

    /// <summary>Runs of two and more letters, digits and underscores.</summary>
    static IEnumerable<string> Words(string text)
    {
        int start = -1, characters = 0;
        for (int i = 0; i <= text.Length;)
        {
            var rune = default(Rune);
            int length = i < text.Length && Rune.TryGetRuneAt(text, i, out rune) ? rune.Utf16SequenceLength : 1;
            if (i < text.Length && IsWord(rune))
            {
                if (start < 0) (start, characters) = (i, 0);
                characters++;
            }
            else
            {
                if (start >= 0 && characters > 1) yield return text[start..i];
                start = -1;
            }
            i += length;
        }
    }

    static bool IsWord(Rune rune) => rune.Value == '_' || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
