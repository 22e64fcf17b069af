namespace MedR1.Datasets;

/// <summary>Which fields of an item contain its messages.</summary>
/// <param name="Lists">The fields that contain messages, in order.</param>
/// <param name="RoleField">The field of a message's role.</param>
/// <param name="TextField">The field of a message's content.</param>
internal sealed record ConversationLayout(string[] Lists, string RoleField, string TextField)
{
    /// <summary>Recognizes the layout by the fields that an item has.</summary>
    public static ConversationLayout Of(Func<string, bool> has) => has("conversations")
        ? new ConversationLayout(["conversations"], "from", "value")
        : new ConversationLayout(
            has("messages") || !has("prompt") ? ["messages"] : has("completion") ? ["prompt", "completion"] : ["prompt"],
            "role", "content");
}
