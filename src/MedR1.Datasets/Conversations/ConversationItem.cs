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
            .Select(message => message.HasList(layout.TextField)
                ? new WrittenMessage(message.Text(layout.RoleField), null, message.Objects(layout.TextField).Select(Part))
                : new WrittenMessage(message.Text(layout.RoleField), message.Text(layout.TextField), [])));
    }

    /// <summary>The other fields that are texts, numbers or truth values, as written.</summary>
    public static Dictionary<string, string> Metadata(JsonItem item) => item.Values()
        .Where(pair => pair.Key is not ("id" or "image" or "images")).ToDictionary();

    private static WrittenPart Part(JsonItem part)
    {
        string type = part.Text("type");
        return new WrittenPart(type, type == "text" ? part.Text("text") : null);
    }
}
