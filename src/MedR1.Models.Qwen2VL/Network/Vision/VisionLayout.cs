using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The layout of a batch of images for the tower: the order of patches, their positions, and the attention segments.
/// </summary>
internal sealed class VisionLayout : IDisposable
{
    private readonly Tensor? _unitOrder;
    private readonly Tensor? _unitInverse;
    private readonly int _mergeUnit;

    private VisionLayout(
        int mergeUnit, RotaryTable table, AttentionSegments frames, AttentionSegments? windows, Tensor? unitOrder,
        Tensor? unitInverse)
    {
        _mergeUnit = mergeUnit;
        Table = table;
        Frames = frames;
        Windows = windows;
        _unitOrder = unitOrder;
        _unitInverse = unitInverse;
    }

    public RotaryTable Table { get; }

    /// <summary>One segment for each frame of each image.</summary>
    public AttentionSegments Frames { get; }

    /// <summary>One segment for each window; <see langword="null"/> if the family has no windows.</summary>
    public AttentionSegments? Windows { get; }

    public static VisionLayout Create(
        Qwen2VLVisionConfiguration vision, IReadOnlyList<ImageGrid> grids, Tensor frequencies, ScalarType dataType, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        var frames = new AttentionSegments(FrameLengths(grids), dataType, device);
        Tensor angles = Angles(grids, vision.SpatialMergeSize, frequencies, device);
        if (vision.WindowSize == 0)
            return new VisionLayout(vision.MergeUnit, RotaryTable.FromAngles(angles, ScalarType.Float32), frames, null,
                null, null);

        WindowOrder order = WindowOrder.Create(grids, vision.SpatialMergeSize, WindowSide(vision));
        Tensor unitOrder = order.Index.Select(unit => (long)unit).ToArray().ToDevice(device);
        Tensor unitInverse = unitOrder.argsort();
        angles = Regroup(angles, unitOrder, vision.MergeUnit);
        return new VisionLayout(
            vision.MergeUnit,
            RotaryTable.FromAngles(angles, ScalarType.Float32),
            frames,
            new AttentionSegments(order.WindowLengths, dataType, device),
            unitOrder.DetachFromDisposeScope(),
            unitInverse.DetachFromDisposeScope());
    }

    /// <summary>Returns the side of a window in squares.</summary>
    public static int WindowSide(Qwen2VLVisionConfiguration vision) =>
        vision.WindowSize / vision.SpatialMergeSize / vision.PatchSize;

    /// <summary>Returns the number of patches of each frame of each image.</summary>
    public static IReadOnlyList<int> FrameLengths(IReadOnlyList<ImageGrid> grids) =>
        [.. grids.SelectMany(grid => Enumerable.Repeat(grid.Rows * grid.Columns, grid.Frames))];

    /// <summary>Reorders patches for the blocks, window by window; returns the same tensor if there are no windows.</summary>
    /// <param name="patches"><c>[S, …]</c></param>
    public Tensor ToBlockOrder(Tensor patches) =>
        _unitOrder is null ? patches : Regroup(patches, _unitOrder, _mergeUnit);

    /// <summary>Restores the original order of patches.</summary>
    /// <param name="patches"><c>[S, …]</c></param>
    public Tensor ToPatchOrder(Tensor patches) =>
        _unitInverse is null ? patches : Regroup(patches, _unitInverse, _mergeUnit);

    /// <summary>Restores the original order of features.</summary>
    /// <param name="features"><c>[S / squares, …]</c></param>
    public Tensor ToFeatureOrder(Tensor features) =>
        _unitInverse is null ? features : features.index_select(0, _unitInverse);

    public void Dispose()
    {
        Table.Dispose();
        Frames.Dispose();
        Windows?.Dispose();
        _unitOrder?.Dispose();
        _unitInverse?.Dispose();
    }

    private static Tensor Regroup(Tensor patches, Tensor units, int mergeUnit)
    {
        using Tensor squares = patches.reshape(units.shape[0], -1);
        using Tensor ordered = squares.index_select(0, units);
        return ordered.view(units.shape[0] * mergeUnit, -1);
    }

    // The row and column of each patch, square by square, times the frequencies: [S, d/2].
    private static Tensor Angles(IReadOnlyList<ImageGrid> grids, int merge, Tensor frequencies, Device device)
    {
        var places = new float[2 * grids.Sum(grid => grid.PatchCount)];
        int next = 0;
        foreach (ImageGrid grid in grids)
        {
            for (int frame = 0; frame < grid.Frames; frame++)
            {
                for (int top = 0; top < grid.Rows; top += merge)
                {
                    for (int left = 0; left < grid.Columns; left += merge)
                    {
                        for (int patch = 0; patch < merge * merge; patch++)
                        {
                            places[next++] = top + patch / merge;
                            places[next++] = left + patch % merge;
                        }
                    }
                }
            }
        }

        using Tensor moved = places.ToDevice(device, places.Length / 2, 2, 1);
        using Tensor products = moved * frequencies;
        return products.view(places.Length / 2, -1);
    }
}
