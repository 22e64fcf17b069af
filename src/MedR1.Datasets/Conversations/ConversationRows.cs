namespace MedR1.Datasets;

/// <summary>Creates conversations from rows and counts missing images.</summary>
internal sealed class ConversationRows(TableOptions options)
{
    private static readonly string[] s_id = ["id"];
    private static readonly string[] s_images = ["images", "image"];
    private MissingImageCounter? _images;

    public MissingImages MissingImages => _images?.Result ?? MissingImages.None;

    public void ThrowIfNotAllowed() => _images?.ThrowIfNotAllowed();

    /// <summary>The conversation, or null if the row is to be left out.</summary>
    /// <exception cref="DatasetException">The row is not a conversation.</exception>
    public Conversation? Convert(TableRow written)
    {
        TableRow row = StructureColumns.Flatten(written);
        RowCells cells = new(row);
        string? id = cells.Find(options.Columns.Id, s_id);
        string? imageColumn = options.Columns.Images == ExampleColumns.None ? null : cells.Find(options.Columns.Images, s_images);
        ConversationLayout layout = ConversationLayout.Of(name => row.Cells.GetValueOrDefault(name) is not null);
        if (imageColumn is null && options.Columns.Images is null)
        {
            ThrowIfBlind(row);
        }

        List<string> paths = [];
        string root = options.RootOf(row);
        IImageSource[] images = imageColumn is null ? [] : cells.Images(imageColumn, root, paths);
        ChatMessage[] messages = new MessageBuilder(images, layout, cells.Fault)
            .Messages(layout.Lists.SelectMany(list => Objects(row, list, row.Cells.GetValueOrDefault(list)))
                .Select(message => Message(row, layout, message)));
        _images ??= MissingImageCounter.OfTable(root, options.MissingImages);
        return !_images.Keeps([.. paths]) ? null
            : new Conversation(cells.Text(id) ?? $"{Path.GetFileName(row.FilePath)}/{row.Index}", messages)
            {
                Metadata = cells.Others([id, imageColumn], Conversation.AnswerFields),
            };
    }

    private static WrittenMessage Message(
        TableRow row, ConversationLayout layout, IReadOnlyDictionary<string, object?> message)
    {
        string role = Text(row, layout.RoleField, message);
        return message.GetValueOrDefault(layout.TextField) is IReadOnlyList<object?> parts
            ? new WrittenMessage(role, null, Objects(row, layout.TextField, parts).Select(part =>
                new WrittenPart(Text(row, "type", part), part.GetValueOrDefault("text") as string)))
            : new WrittenMessage(role, Text(row, layout.TextField, message), []);
    }

    private static IEnumerable<IReadOnlyDictionary<string, object?>> Objects(TableRow row, string field, object? cell)
    {
        RowCells cells = new(row);
        IReadOnlyList<object?> list = cell switch
        {
            IReadOnlyList<object?> found => found,
            null => throw cells.Fault(
                field, $"missing. The row has the columns {string.Join(", ", row.Cells.Keys)}; a conversation needs 'messages', 'prompt' "
                + "or 'conversations'."),
            string => throw cells.Fault(
                field, "a text, but a list of messages was expected. If the column contains questions, load examples instead of "
                + "conversations, with its name in Columns.Question."),
            _ => throw cells.Fault(field, "a list of objects with a role and a content was expected. Remove the row, or correct it."),
        };
        return list.Select(one => one as IReadOnlyDictionary<string, object?>
            ?? throw cells.Fault(field, "the list contains something other than an object. Remove the row, or correct it."));
    }

    private static string Text(TableRow row, string field, IReadOnlyDictionary<string, object?> item) =>
        item.GetValueOrDefault(field) as string ?? throw new RowCells(row).Fault(
            field, "missing or not a text. Every message needs a role and a content, and every part a type. Remove the row, or correct it.");

    // The images of a column with an unusual name would not be seen.
    private static void ThrowIfBlind(TableRow row)
    {
        foreach ((string column, object? cell) in row.Cells)
        {
            if (cell is IImageSource || (cell is IReadOnlyList<object?> list && list.Any(one => one is IImageSource)))
            {
                throw DatasetException.AtField(
                    row.FilePath, row.Index, column,
                    $"images, which a model would not see. Set Columns.Images to \"{column}\", or to \"\" for conversations without "
                    + "images.");
            }
        }
    }
}
