namespace MedR1.Datasets;

/// <summary>Creates messages from one item of a conversation file.</summary>
internal static class ConversationItem
{
    /// <summary>The messages, with an image in place of each placeholder.</summary>
    /// <exception cref="DatasetException">A role is unknown, or the numbers of placeholders and images differ.</exception>
    public static ChatMessage[] Messages(JsonItem item, IImageSource[] images)
    {
        ConversationLayout layout = ConversationLayout.Of(item.Has);
        return new MessageBuilder(images, layout, item.Fault).Messages(layout.Lists.SelectMany(list => item.Objects(list))
            .Select(message => Message(message, layout)));
    }

    /// <summary>The other fields of single values, also in structures, as written; of answers, also lists that are one answer.</summary>
    public static Dictionary<string, string> Metadata(JsonItem item) =>
        new RowCells(StructureColumns.Flatten(item.Row())).Others(["id", "image", "images"], Conversation.AnswerFields);

    // VLM-R1's answers may be numbers, such as a count or the edges of a box.
    private static WrittenMessage Message(JsonItem message, ConversationLayout layout)
    {
        string role = message.Text(layout.RoleField);
        return message.OptionalNumbers(layout.TextField) is string numbers ? new WrittenMessage(role, numbers, [])
            : message.HasList(layout.TextField) ? new WrittenMessage(role, null, message.Objects(layout.TextField).Select(Part))
            : new WrittenMessage(role, message.Text(layout.TextField), []);
    }

    private static WrittenPart Part(JsonItem part)
    {
        string type = part.Text("type");
        return new WrittenPart(type, type == "text" ? part.Text("text") : null);
    }
}
