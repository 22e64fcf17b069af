using System.Text;

namespace MedR1.Datasets;

/// <summary>
/// Parses comma-separated text, one row at a time. Rows end with LF or CRLF; a cell that starts with a quote ends with one and may
/// contain commas, line breaks and doubled quotes; a quote inside an unquoted cell is a character like any other. Empty lines are
/// skipped.
/// </summary>
internal sealed class CsvReader(TextReader text, string filePath)
{
    private const int LongestCell = 1 << 24;
    private readonly StringBuilder _cell = new();
    private int _row = -1;

    /// <summary>The cells of the next row, or null at the end.</summary>
    /// <exception cref="DatasetException">A quote is not closed, or the text can't be read.</exception>
    public string[]? ReadRow()
    {
        try
        {
            return DatasetFiles.Reading(filePath, ReadNextRow);
        }
        catch (DecoderFallbackException exception)
        {
            // Text is decoded in blocks: the bytes are in one of the next rows, not always in the next.
            string place = _row switch { < 0 => "", 0 => ", after the header", _ => $", after item {_row - 1}" };
            throw new DatasetException($"{filePath}{place}: invalid UTF-8. Save the file as UTF-8.", exception)
            {
                FilePath = filePath,
            };
        }
    }

    private string[]? ReadNextRow()
    {
        while (Peek() is '\r' or '\n')
        {
            Next();
        }

        if (Peek() < 0)
        {
            return null;
        }

        _row++;
        List<string> cells = [];
        do
        {
            cells.Add(Peek() == '"' ? QuotedCell() : PlainCell(""));
        }
        while (Accept(','));

        return [.. cells];
    }

    private string QuotedCell()
    {
        Next();
        _cell.Clear();
        while (true)
        {
            int next = Next();
            if (next < 0)
            {
                throw Fault("a quote is not closed. Was the file cut off while downloading?");
            }

            if (next != '"')
            {
                Append((char)next);
            }
            else if (Accept('"'))
            {
                Append('"');
            }
            else
            {
                // Text after the closing quote belongs to the cell, as in Python's csv.
                return PlainCell(_cell.ToString());
            }
        }
    }

    private string PlainCell(string start)
    {
        _cell.Clear();
        _cell.Append(start);
        while (Peek() is not (< 0 or ',' or '\r' or '\n'))
        {
            Append((char)Next());
        }

        return _cell.ToString();
    }

    private void Append(char character)
    {
        if (_cell.Length == LongestCell)
        {
            throw Fault($"a cell is longer than {LongestCell} characters. Is a quote missing?");
        }

        _cell.Append(character);
    }

    private bool Accept(char wanted)
    {
        if (Peek() != wanted)
        {
            return false;
        }

        Next();
        return true;
    }

    private int Peek() => text.Peek();

    private int Next() => text.Read();

    // Items are the rows below the header, counted from 0 as in every other message.
    private DatasetException Fault(string problem) => _row == 0
        ? new DatasetException($"{filePath}, header: {problem}") { FilePath = filePath }
        : DatasetException.AtRow(filePath, _row - 1, problem);
}
