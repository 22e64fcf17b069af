namespace MedR1.Training;

/// <summary>Asks an order, which may be the user's own, for an example.</summary>
internal static class PlaceInOrder
{
    /// <summary>The index of the example at a position.</summary>
    /// <exception cref="InvalidOperationException">The order names an example that doesn't exist.</exception>
    public static int IndexAt(IExampleOrder order, long position, int count)
    {
        string name = order.GetType().Name;
        int index = UserCode.Call(() => order.IndexAt(position, count), $"The order {name}");
        return index >= 0 && index < count ? index : throw new InvalidOperationException(
            $"The order {name} gave index {index} for position {position}, but there are {count} examples: it must be from 0 to {count - 1}.");
    }
}
