using System.Text.Json;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Conformance;

/// <summary>Conversations to text and ids.</summary>
public sealed class ChatTemplateKind : IConformanceKind
{
    private const string IdsField = "ids_";

    /// <inheritdoc/>
    public string Kind => "chat-template";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement expected = conformanceCase.Expected;
        JsonElement[] items = [.. conformanceCase.Inputs.GetProperty("items").EnumerateArray()];
        IReadOnlyList<PromptSegment>[] rendered = [.. items.Select(item => JsonChatTemplate.RenderSegments(
            item.GetProperty("messages"),
            item.GetProperty("add_generation_prompt").GetBoolean(),
            item.GetProperty("add_vision_id").GetBoolean()))];
        for (int i = 0; i < items.Length; i++)
        {
            checker.Equal(
                CaseTokenizer.Label("text", i, items[i]),
                expected.GetProperty("text")[i].GetString(), ChatTemplate.ToText(rendered[i]));
            CheckAsMessages(i, items[i], rendered[i]);
        }

        const string PlainText = "ids_with_user_text_as_plain_text";
        int vocabularies = 0;
        foreach (JsonProperty field in expected.EnumerateObject())
        {
            if (!field.Name.StartsWith(IdsField, StringComparison.Ordinal) || field.Name == PlainText)
            {
                continue;
            }

            string name = field.Name[IdsField.Length..];
            if (CaseTokenizer.FolderOf(conformanceCase, name) is null)
            {
                continue;
            }

            vocabularies++;
            BytePairTokenizer tokenizer = CaseTokenizer.Open(conformanceCase, name);
            for (int i = 0; i < items.Length; i++)
            {
                if (CaseTokenizer.Binds(items[i]))
                {
                    checker.SequenceEqual(
                        CaseTokenizer.Label(field.Name, i, items[i]),
                        CaseTokenizer.Ids(field.Value[i]), ChatTemplate.Encode(tokenizer, rendered[i]));
                }
            }
        }

        if (vocabularies == 0)
        {
            checker.Fail("none of the vocabularies that the case names is there");
        }

        if (expected.TryGetProperty(PlainText, out JsonElement rows))
        {
            foreach (JsonElement row in rows.EnumerateArray())
            {
                if (CaseTokenizer.FolderOf(conformanceCase, row.GetProperty("tokenizer").GetString()!) is null)
                {
                    continue;
                }

                int i = row.GetProperty("item").GetInt32();
                BytePairTokenizer tokenizer =
                    CaseTokenizer.Open(conformanceCase, row.GetProperty("tokenizer").GetString()!);
                checker.SequenceEqual(
                    CaseTokenizer.Label(PlainText, i, items[i]),
                    CaseTokenizer.Ids(row.GetProperty("ids")), ChatTemplate.Encode(tokenizer, rendered[i]));
            }
        }

        // The library's messages support no videos or unknown parts; if they can express the same, they must render
        // the same.
        void CheckAsMessages(int i, JsonElement item, IReadOnlyList<PromptSegment> segments)
        {
            if (segments.Any(segment => segment.IsControl && segment.Text == Qwen2VLTokens.VideoPlaceholder))
            {
                return;
            }

            ChatMessage[] messages = [.. item.GetProperty("messages").EnumerateArray().Select(ToMessage)];
            checker.SequenceEqual(CaseTokenizer.Label("messages", i, item), segments, ChatTemplate.RenderSegments(
                messages,
                item.GetProperty("add_generation_prompt").GetBoolean(),
                item.GetProperty("add_vision_id").GetBoolean()));
        }
    }

    private static ChatMessage ToMessage(JsonElement message)
    {
        JsonElement content = message.GetProperty("content");
        IEnumerable<ChatPart> parts = content.ValueKind == JsonValueKind.String
            ? [new TextPart(content.GetString()!)]
            : content.EnumerateArray().Select(ToPart);
        return new ChatMessage(new ChatRole(message.GetProperty("role").GetString()!), [.. parts]);
    }

    private static ChatPart ToPart(JsonElement part)
    {
        bool image = part.TryGetProperty("image", out _) || part.TryGetProperty("image_url", out _) ||
            (part.TryGetProperty("type", out JsonElement type) && type.ValueEquals("image"));
        return image ? new ImagePart(new BytesImageSource("picture", []))
            : new TextPart(part.TryGetProperty("text", out JsonElement text) ? text.GetString() ?? "None" : "");
    }
}
