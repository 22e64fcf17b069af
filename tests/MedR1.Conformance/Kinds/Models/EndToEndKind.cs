using System.Text.Json;

using MedR1.Imaging;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>Conversations with image files to greedy answers, through every part of the model.</summary>
internal sealed class EndToEndKind : IConformanceKind
{
    public string Kind => "end-to-end";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        // These cases were made with Pillow 13.0.
        Qwen2VLProcessor processor = Qwen2VLProcessor.Load(
            conformanceCase.ModelFolder, new ImageProcessorOptions { PassOrder = ResizePassOrder.Pillow13 });
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
            conformanceCase.ModelFolder, processor, conformanceCase.Device, CaseModel.DataType(conformanceCase));
        EncodedPrompt[] prompts = [.. Prompts(conformanceCase).Select(prompt => processor.Encode(prompt))];
        CheckPrompts(conformanceCase, checker, prompts);
        CheckAnswers(conformanceCase, checker, policy, prompts);
    }

    private static void CheckPrompts(ConformanceCase conformanceCase, Checker checker, EncodedPrompt[] prompts)
    {
        JsonElement expected = conformanceCase.Expected;
        int[][] mask = CaseModel.Rows(expected.GetProperty("attention_mask"));
        int[][] ids = CaseModel.Rows(expected.GetProperty("input_ids"));
        for (int row = 0; row < prompts.Length; row++)
        {
            checker.Equal($"prompt_text[{row}]", expected.GetProperty("prompt_text")[row].GetString(),
                prompts[row].Text);
            checker.SequenceEqual(
                $"input_ids[{row}]", [.. ids[row].Where((_, column) => mask[row][column] == 1)], prompts[row].TokenIds);
        }

        EncodedImage[] images = [.. prompts.SelectMany(prompt => prompt.Images)];
        if (expected.TryGetProperty("image_grid_thw", out JsonElement grids) && grids.ValueKind == JsonValueKind.Array)
        {
            checker.SequenceEqual(
                "image_grid_thw", [.. grids.EnumerateArray().SelectMany(CaseModel.Integers)],
                [.. images.SelectMany(image => new[] { image.Grid.Frames, image.Grid.Rows, image.Grid.Columns })]);
            float[] patches = [.. images.SelectMany(image => image.Patches.ToArray())];
            checker.Numbers("pixel_values", conformanceCase.Tensor(expected.GetProperty("pixel_values")), patches);
        }
    }

    private static void CheckAnswers(
        ConformanceCase conformanceCase, Checker checker, Qwen2VLPolicy policy, EncodedPrompt[] prompts)
    {
        JsonElement expected = conformanceCase.Expected;
        int newTokens = conformanceCase.Inputs.GetProperty("max_new_tokens").GetInt32();
        using DisposeScope scope = NewDisposeScope();
        using GroupDecoding decoding = new(
            policy, prompts.Length, 1, prompts.Max(prompt => prompt.TokenIds.Count), newTokens);
        Tensor logits = decoding.Prefill(prompts);
        checker.Numbers("last_logits", conformanceCase.Tensor(expected.GetProperty("last_logits")),
            CaseModel.Values(logits));

        int padding = Qwen2VLTokens.IdOf(policy.Processor.Tokenizer, Qwen2VLTokens.EndOfText);
        List<int>[] answers = [.. prompts.Select(_ => new List<int>())];
        bool[] finished = new bool[prompts.Length];
        for (int step = 0; step < newTokens; step++)
        {
            long[] chosen = logits.argmax(-1).cpu().data<long>().ToArray();
            for (int row = 0; row < answers.Length; row++)
            {
                answers[row].Add(finished[row] ? padding : (int)chosen[row]);
                finished[row] |= policy.EndTokenIds.Contains((int)chosen[row]);
            }

            if (finished.All(isFinished => isFinished) || step == newTokens - 1)
            {
                break;
            }

            logits = decoding.Decode(
                tensor(answers.Select(answer => (long)answer[^1]).ToArray(), device: policy.Device));
        }

        for (int row = 0; row < answers.Length; row++)
        {
            checker.SequenceEqual(
                $"completion_ids[{row}]", CaseModel.Integers(expected.GetProperty("completion_ids")[row]),
                answers[row]);
            checker.Equal(
                $"completion_text[{row}]", expected.GetProperty("completion_text")[row].GetString(),
                policy.Processor.Tokenizer.Decode(answers[row]));
        }
    }

    private static IEnumerable<VqaPrompt> Prompts(ConformanceCase conformanceCase)
    {
        JsonElement inputs = conformanceCase.Inputs;
        Queue<IImageSource> images = new(inputs.GetProperty("images").EnumerateArray().Select(Open));
        return [.. inputs.GetProperty("conversations").EnumerateArray().Select(
            conversation => new VqaPrompt([.. conversation.EnumerateArray().Select(Message)]))];

        // The decoder of lossy files is not tested here: the case contains their pixels.
        IImageSource Open(JsonElement item)
        {
            string name = item.GetProperty("file").GetString()!;
            if (inputs.TryGetProperty("decoded_images", out JsonElement decoded)
                && decoded.TryGetProperty(name, out JsonElement file))
            {
                name = file.GetString()!;
            }

            return new FileImageSource(Path.Combine(conformanceCase.Folder, name));
        }

        ChatMessage Message(JsonElement message)
        {
            JsonElement content = message.GetProperty("content");
            ChatRole role = new(message.GetProperty("role").GetString()!);
            return content.ValueKind == JsonValueKind.String
                ? new ChatMessage(role, [new TextPart(content.GetString()!)])
                : new ChatMessage(role, [.. content.EnumerateArray().Select(Part)]);
        }

        ChatPart Part(JsonElement part) => part.GetProperty("type").GetString() == "image"
            ? new ImagePart(images.Dequeue())
            : new TextPart(part.GetProperty("text").GetString()!);
    }
}
