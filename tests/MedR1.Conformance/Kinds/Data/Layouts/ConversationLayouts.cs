using System.Text.Json;
using MedR1.Datasets;

namespace MedR1.Conformance;

/// <summary>Conversations in the formats of LLaVA and ShareGPT: two files with the same content.</summary>
internal static class ConversationLayouts
{
    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        string folder = conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root"));
        JsonElement items = conformanceCase.Expected.GetProperty("items");
        JsonElement marks = conformanceCase.Expected.GetProperty("image_marks");
        foreach (string annotations in CaseRows.Texts(conformanceCase.Inputs.GetProperty("annotations")))
        {
            ConversationDataset dataset =
                ConversationDataset.Load(Path.Combine(conformanceCase.Folder, annotations), folder);
            checker.Equal(
                $"{annotations}.count", conformanceCase.Expected.GetProperty("count").GetInt32(), dataset.Count);
            for (int i = 0; i < Math.Min(dataset.Count, items.GetArrayLength()); i++)
            {
                string name = $"{annotations} item {i}";
                checker.Equal($"{name}.image_marks", marks[i].GetInt32(), dataset[i].Images.Count());
                CheckMessages(checker, name, dataset[i], items[i].GetProperty("messages"));
                ExampleChecks.CheckImages(checker, name, [.. dataset[i].Images], items[i]);
                if (dataset[i].Id != $"{dataset.Name}/{i}")
                {
                    checker.Equal($"{name}.id", ExampleChecks.Text(items[i], "id"), dataset[i].Id);
                }
            }
        }
    }

    private static void CheckMessages(Checker checker, string name, Conversation conversation, JsonElement expected)
    {
        checker.SequenceEqual(
            $"{name}.messages",
            [.. expected.EnumerateArray().Select(message => ExampleChecks.Text(message, "role")! + ": " + string.Join(
                " | ", message.GetProperty("parts").EnumerateArray().Select(part =>
                    ExampleChecks.Text(part, "type") == "text" ? $"'{ExampleChecks.Text(part, "text")}'" : "image")))],
            conversation.Messages.Select(message => $"{message.Role}: " + string.Join(
                " | ", message.Content.Select(part => part is TextPart text ? $"'{text.Text}'" : "image"))).ToArray());
    }
}
