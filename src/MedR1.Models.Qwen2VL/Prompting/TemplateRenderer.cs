using System.Globalization;

namespace MedR1.Models.Qwen2VL;

/// <summary>The published chat template of Qwen2-VL and Qwen2.5-VL.</summary>
internal static class TemplateRenderer
{
    private const string SystemRole = "system";
    private const string DefaultSystem = "You are a helpful assistant.";

    public static IReadOnlyList<PromptSegment> Render(
        IReadOnlyList<TemplateMessage> messages, bool addGenerationPrompt, bool addVisionId)
    {
        SegmentBuilder builder = new();
        if (messages.Count > 0 && messages[0].Role != SystemRole)
        {
            Open(builder, SystemRole).Plain(DefaultSystem);
            Close(builder);
        }

        int images = 0;
        int videos = 0;
        foreach (TemplateMessage message in messages)
        {
            Open(builder, message.Role);
            foreach (TemplatePart part in message.Parts)
            {
                switch (part.Kind)
                {
                    case TemplatePartKind.Image:
                        Vision(builder, "Picture", ++images, addVisionId, Qwen2VLTokens.ImagePlaceholder);
                        break;
                    case TemplatePartKind.Video:
                        Vision(builder, "Video", ++videos, addVisionId, Qwen2VLTokens.VideoPlaceholder);
                        break;
                    default:
                        builder.Plain(part.Text);
                        break;
                }
            }

            Close(builder);
        }

        if (addGenerationPrompt)
        {
            Open(builder, "assistant");
        }

        return builder.Build();
    }

    private static SegmentBuilder Open(SegmentBuilder builder, string role) =>
        builder.Control(Qwen2VLTokens.MessageStart).Plain(role).Plain("\n");

    private static void Close(SegmentBuilder builder) => builder.Control(Qwen2VLTokens.MessageEnd).Plain("\n");

    private static void Vision(SegmentBuilder builder, string name, int number, bool addVisionId, string placeholder)
    {
        if (addVisionId)
        {
            builder.Plain(string.Create(CultureInfo.InvariantCulture, $"{name} {number}: "));
        }

        builder.Control(Qwen2VLTokens.VisionStart).Control(placeholder).Control(Qwen2VLTokens.VisionEnd);
    }
}
