namespace MedR1.Modeling;

/// <summary>
/// GPT-2's mapping of bytes to printable characters, used in vocabulary files: bytes 33–126, 161–172 and 174–255 map to
/// the characters with the same code, the other 68 to U+0100, U+0101, … in order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] _characters = MakeCharacters();
    private static readonly Dictionary<char, byte> _bytes =
        Enumerable.Range(0, 256).ToDictionary(value => _characters[value], value => (byte)value);

    /// <summary>The 256 characters by code point, the order of their ids in published vocabularies.</summary>
    public static IEnumerable<char> InOrder => _characters.Order();

    /// <summary>Returns the character of a byte.</summary>
    public static char CharacterOf(byte value) => _characters[value];

    /// <summary>Returns the bytes of a token: by the mapping, or its UTF-8 if any character is not in the mapping.</summary>
    public static byte[] BytesOf(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (!_bytes.TryGetValue(token[i], out bytes[i]))
            {
                return System.Text.Encoding.UTF8.GetBytes(token);
            }
        }

        return bytes;
    }

    private static char[] MakeCharacters()
    {
        char[] characters = new char[256];
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174);
            characters[value] = printable ? (char)value : next++;
        }

        return characters;
    }
}
