using System.Text;

namespace MedR1;

/// <summary>
/// What Unicode 14, which Python 3.11 knows, does not assign yet but the runtime may: letters and numbers that Python
/// 3.11 does not take for such. Read off <c>unicodedata</c> of Python 3.11 and the categories of .NET 10 (Unicode 16).
/// </summary>
internal static class PythonUnicode
{
    private static readonly (int First, int Last)[] s_assignedLater =
    [
        (0x1C89, 0x1C8A), (0xA7CB, 0xA7CD), (0xA7DA, 0xA7DC), (0x105C0, 0x105F3), (0x10D40, 0x10D65),
        (0x10D6F, 0x10D85), (0x10EC2, 0x10EC4), (0x1123F, 0x11240), (0x11380, 0x11389), (0x1138B, 0x1138B),
        (0x1138E, 0x1138E), (0x11390, 0x113B5), (0x113B7, 0x113B7), (0x113D1, 0x113D1), (0x113D3, 0x113D3),
        (0x116D0, 0x116E3), (0x11BC0, 0x11BE0), (0x11BF0, 0x11BF9), (0x11F02, 0x11F02), (0x11F04, 0x11F10),
        (0x11F12, 0x11F33), (0x11F50, 0x11F59), (0x1342F, 0x1342F), (0x13441, 0x13446), (0x13460, 0x143FA),
        (0x16100, 0x1611D), (0x16130, 0x16139), (0x16D40, 0x16D6C), (0x16D70, 0x16D79), (0x18CFF, 0x18CFF),
        (0x1B132, 0x1B132), (0x1B155, 0x1B155), (0x1CCF0, 0x1CCF9), (0x1D2C0, 0x1D2D3), (0x1DF25, 0x1DF2A),
        (0x1E030, 0x1E06D), (0x1E4D0, 0x1E4EB), (0x1E4F0, 0x1E4F9), (0x1E5D0, 0x1E5ED), (0x1E5F0, 0x1E5FA),
        (0x2B739, 0x2B739), (0x2EBF0, 0x2EE5D), (0x31350, 0x323AF),
    ];

    public static bool IsAssignedLater(Rune character)
    {
        int value = character.Value;
        if (value < s_assignedLater[0].First)
        {
            return false;
        }

        foreach ((int first, int last) in s_assignedLater)
        {
            if (value <= last)
            {
                return value >= first;
            }
        }

        return false;
    }
}
