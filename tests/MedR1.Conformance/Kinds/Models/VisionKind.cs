using System.Text.Json;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>The vision tower, block by block.</summary>
internal sealed class VisionKind : IConformanceKind
{
    public string Kind => "vision";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using Qwen2VLPolicy policy = CaseModel.Load(conformanceCase);
        IReadOnlyList<EncodedImage> images = CaseModel.Images(conformanceCase, policy.Configuration);
        ImageGrid[] grids = [.. images.Select(image => image.Grid)];
        JsonElement expected = conformanceCase.Expected;

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        float[] pixels = conformanceCase.Tensor(conformanceCase.Inputs.GetProperty("pixel_values")).ToSingles();
        Tensor patches = tensor(pixels).view(-1, policy.Configuration.Vision.PatchVectorSize);
        policy.Qwen2VLNetwork.Vision.Forward(patches.to(policy.DataType).to(policy.Device), grids, (name, activation) =>
        {
            if (expected.TryGetProperty(name, out JsonElement value))
            {
                checker.Numbers(name, conformanceCase.Tensor(value), CaseModel.Values(activation));
            }
        });

        CheckBounds(checker, expected, "cu_seqlens", VisionLayout.FrameLengths(grids));
        if (policy.Configuration.Vision.WindowSize > 0)
        {
            Qwen2VLVisionConfiguration vision = policy.Configuration.Vision;
            WindowOrder order = WindowOrder.Create(grids, vision.SpatialMergeSize, VisionLayout.WindowSide(vision));
            CheckBounds(checker, expected, "cu_window_seqlens", order.WindowLengths);
            if (expected.TryGetProperty("window_index", out JsonElement index))
            {
                checker.SequenceEqual("window_index", [.. index.EnumerateArray().Select(value => value.GetInt32())],
                    order.Index);
            }
        }

        checker.RequireCompared(expected);
    }

    private static void CheckBounds(Checker checker, JsonElement expected, string field, IReadOnlyList<int> lengths)
    {
        if (!expected.TryGetProperty(field, out JsonElement bounds))
        {
            return;
        }

        List<int> got = [0];
        foreach (int length in lengths)
        {
            got.Add(got[^1] + length);
        }

        checker.SequenceEqual(field, [.. bounds.EnumerateArray().Select(value => value.GetInt32())], got);
    }
}
