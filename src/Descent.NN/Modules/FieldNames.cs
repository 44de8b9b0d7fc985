using System.Text;

namespace Descent.NN;

/// <summary>From names of C# to keys of state dicts.</summary>
static class FieldNames
{
    /// <summary><c>_gateProj</c>, and the field behind the property <c>GateProj</c>, become <c>gate_proj</c>.</summary>
    internal static string ToKey(string field)
    {
        // The compiler's own fields are <Property>k__BackingField and <parameter>P.
        if (field.StartsWith('<') && field.IndexOf('>') is > 1 and var end) field = field[1..end];
        return ToSnakeCase(field.Trim('_'));
    }

    /// <summary>A capital starts a word after anything else, and before a small letter where it ends an acronym.</summary>
    static string ToSnakeCase(string name)
    {
        var key = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            bool starts = i > 0 && char.IsUpper(name[i]) && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (starts) key.Append('_');
            key.Append(char.ToLowerInvariant(name[i]));
        }
        return key.ToString();
    }
}
