using System.Text.Json;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>
/// The prompts of a model case: rows of ids with padding on either side, and images assigned to the rows in order.
/// </summary>
internal sealed class CaseModel
{
    private CaseModel(EncodedPrompt[] prompts, int[][] places)
    {
        Prompts = prompts;
        Places = places;
    }

    /// <summary>The rows without padding.</summary>
    public EncodedPrompt[] Prompts { get; }

    /// <summary>The columns of the real tokens of each row.</summary>
    public int[][] Places { get; }

    /// <summary>Reads the prompts of a case.</summary>
    public static CaseModel Read(ConformanceCase conformanceCase, Qwen2VLConfiguration configuration)
    {
        JsonElement inputs = conformanceCase.Inputs;
        int[][] ids = Rows(inputs.GetProperty("input_ids"));
        int[][] mask = Rows(inputs.GetProperty("attention_mask"));
        Queue<EncodedImage> images = new(Images(conformanceCase, configuration));
        EncodedPrompt[] prompts = new EncodedPrompt[ids.Length];
        int[][] places = new int[ids.Length][];
        for (int row = 0; row < ids.Length; row++)
        {
            places[row] = [.. Enumerable.Range(0, ids[row].Length).Where(column => mask[row][column] == 1)];
            int count = inputs.GetProperty("images_per_row")[row].GetInt32();
            EncodedImage[] own = [.. Enumerable.Range(0, count).Select(_ => images.Dequeue())];
            prompts[row] = new EncodedPrompt([.. places[row].Select(column => ids[row][column])], own);
        }

        return new CaseModel(prompts, places);
    }

    /// <summary>Reads grids and, if the case has them, pixels.</summary>
    public static IReadOnlyList<EncodedImage> Images(ConformanceCase conformanceCase,
        Qwen2VLConfiguration configuration)
    {
        JsonElement grids = conformanceCase.Inputs.GetProperty("image_grid_thw");
        if (grids.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        int size = configuration.Vision.PatchVectorSize;
        float[]? pixels = conformanceCase.OptionalTensor(conformanceCase.Inputs, "pixel_values")?.ToSingles();
        List<EncodedImage> images = [];
        int start = 0;
        foreach (JsonElement entry in grids.EnumerateArray())
        {
            ImageGrid grid = new(entry[0].GetInt32(), entry[1].GetInt32(), entry[2].GetInt32());
            int length = grid.PatchCount * size;
            images.Add(new EncodedImage(grid, pixels is null ? default : pixels.AsMemory(start, length)));
            start += length;
        }

        return images;
    }

    /// <summary>Rows of integers.</summary>
    public static int[][] Rows(JsonElement rows) =>
        [.. rows.EnumerateArray().Select(Integers)];

    /// <summary>Integers.</summary>
    public static int[] Integers(JsonElement values) => [.. values.EnumerateArray().Select(value => value.GetInt32())];

    /// <summary>The data type of a case.</summary>
    public static ScalarType DataType(ConformanceCase conformanceCase) =>
        conformanceCase.Inputs.TryGetProperty("dtype", out JsonElement type) && type.GetString() == "bfloat16"
            ? ScalarType.BFloat16
            : ScalarType.Float32;

    /// <summary>Loads the checkpoint of the case in the data type of the case.</summary>
    public static Qwen2VLPolicy Load(ConformanceCase conformanceCase) =>
        Qwen2VLPolicy.Load(conformanceCase.ModelFolder, conformanceCase.Device, DataType(conformanceCase));

    /// <summary>Returns the values of a tensor of any type.</summary>
    public static float[] Values(Tensor tensor)
    {
        using Tensor wide = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        return wide.data<float>().ToArray();
    }
}
