#nullable disable
using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils;

/// <summary>A dictionary that remembers the order in which its entries came.</summary>
public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)>
{
    private readonly List<(TKey, TValue)> _list = [];
    private readonly Dictionary<TKey, TValue> _dict = [];

    public bool IsReadOnly => false;

    public ICollection<TKey> Keys => _list.ConvertAll(entry => entry.Item1);

    public ICollection<TValue> Values => _list.ConvertAll(entry => entry.Item2);

    public int Count => _dict.Count;

    public (TKey, TValue) this[int index]
    {
        get => _list[index];
        set
        {
            _list[index] = value;
            _dict[value.Item1] = value.Item2;
        }
    }

    public TValue this[TKey key]
    {
        get => _dict[key];
        set
        {
            var index = Find(key);
            if (index < 0)
                _list.Add((key, value));
            else
                _list[index] = (key, value);
            _dict[key] = value;
        }
    }

    public void clear() => Clear();

    public IEnumerator<(TKey, TValue)> items() => _list.GetEnumerator();

    public IEnumerable<TKey> keys() => _dict.Keys;

    public IEnumerable<TValue> values() => _dict.Values;

    public void Add((TKey, TValue) item) => Insert(_list.Count, item);

    public void Add(TKey key, TValue value) => Insert(_list.Count, (key, value));

    public void Add(KeyValuePair<TKey, TValue> item) => Insert(_list.Count, (item.Key, item.Value));

    public void Clear()
    {
        _dict.Clear();
        _list.Clear();
    }

    public bool Contains((TKey, TValue) item) => _list.Contains(item);

    public bool Contains(KeyValuePair<TKey, TValue> item) => _dict.ContainsKey(item.Key);

    public bool ContainsKey(TKey key) => _dict.ContainsKey(key);

    public void CopyTo((TKey, TValue)[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex) => throw new NotImplementedException();

    public int IndexOf((TKey, TValue) item) => _list.IndexOf(item);

    public void Insert(int index, (TKey, TValue) item)
    {
        _dict.Add(item.Item1, item.Item2);
        _list.Insert(index, item);
    }

    public bool Remove((TKey, TValue) item)
    {
        _dict.Remove(item.Item1);
        return _list.Remove(item);
    }

    public bool Remove(TKey key)
    {
        _list.RemoveAt(Find(key));
        return _dict.Remove(key);
    }

    public bool Remove(KeyValuePair<TKey, TValue> item) => Remove(item.Key);

    public void RemoveAt(int index)
    {
        _dict.Remove(_list[index].Item1);
        _list.RemoveAt(index);
    }

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _dict.TryGetValue(key, out value);

    public IEnumerator<(TKey, TValue)> GetEnumerator() => _list.GetEnumerator();

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() =>
        throw new NotImplementedException();

    IEnumerator IEnumerable.GetEnumerator() => _list.GetEnumerator();

    private int Find(TKey key) => _list.FindIndex(entry => entry.Item1.Equals(key));
}
