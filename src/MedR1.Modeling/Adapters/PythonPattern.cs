using System.Text;

namespace MedR1.Modeling;

/// <summary>
/// Translates the regular expressions of PEFT's options, which are Python's, where .NET writes the same thing differently or, worse,
/// reads it as something else: named groups, <c>\Z</c> for the end, and <c>{,n}</c> for up to n times.
/// </summary>
internal static class PythonPattern
{
    /// <summary>Returns the equivalent .NET expression; what both read alike stays as it is.</summary>
    public static string ToNet(string pattern)
    {
        StringBuilder net = new(pattern.Length);
        bool isInClass = false;
        for (int at = 0; at < pattern.Length; at++)
        {
            ReadOnlySpan<char> rest = pattern.AsSpan(at);
            if (rest is ['\\', char escaped, ..])
            {
                net.Append('\\').Append(escaped == 'Z' && !isInClass ? 'z' : escaped);
                at++;
            }
            else if (isInClass)
            {
                isInClass = rest[0] != ']';
                net.Append(rest[0]);
            }
            else if (rest[0] == '[')
            {
                // A bracket that comes first in a class belongs to it, in both.
                int length = rest.StartsWith("[^]") ? 3 : rest.StartsWith("[]") || rest.StartsWith("[^") ? 2 : 1;
                net.Append(rest[..length]);
                at += length - 1;
                isInClass = true;
            }
            else if (rest.StartsWith("(?P<"))
            {
                net.Append("(?<");
                at += 3;
            }
            else if (rest.StartsWith("(?P=") && rest.IndexOf(')') is > 0 and int end)
            {
                net.Append($@"\k<{rest[4..end]}>");
                at += end;
            }
            else
            {
                net.Append(rest is ['{', ',', >= '0' and <= '9', ..] ? "{0" : rest[..1]);
            }
        }

        return net.ToString();
    }
}
